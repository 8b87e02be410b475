import type { Resource } from '../template/instantiate.ts'

/** The headers that a policy of a distribution gives to answers. What makes browsers insist on TLS is left out. */
export function headersOf(policy: Resource | undefined): Record<string, string> {
  const { CustomHeadersConfig, SecurityHeadersConfig } = policy?.properties.ResponseHeadersPolicyConfig ?? {}
  const custom: { Header: string; Value: string }[] = CustomHeadersConfig?.Items ?? []
  const { ContentSecurityPolicy, ContentTypeOptions, FrameOptions, ReferrerPolicy } = SecurityHeadersConfig ?? {}
  const security = {
    'content-security-policy': ContentSecurityPolicy?.ContentSecurityPolicy,
    'x-content-type-options': ContentTypeOptions && 'nosniff',
    'x-frame-options': FrameOptions?.FrameOption,
    'referrer-policy': ReferrerPolicy?.ReferrerPolicy,
  }
  const given = Object.entries(security).filter(([, value]) => value !== undefined)
  return Object.fromEntries([...given, ...custom.map(({ Header, Value }) => [Header.toLowerCase(), Value])])
}
