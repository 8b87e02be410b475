/** In the place of `@aws-sdk/middleware-endpoint-discovery`: DynamoDB's endpoint is known, and discovery is off unless asked for. */
export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: (): undefined => undefined,
  configFileSelector: (): undefined => undefined,
  default: (): boolean => false,
}

export function resolveEndpointDiscoveryConfig<Config>(config: Config): Config {
  return config
}
