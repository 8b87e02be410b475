import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  Port,
  SecurityGroup,
  type SubnetSelection,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { Installation } from './installation.ts'
import { justify } from './justify.ts'
import { overridden } from './overrides.ts'

const services: Readonly<Record<string, InterfaceVpcEndpointAwsService>> = {
  events: InterfaceVpcEndpointAwsService.EVENTBRIDGE,
  secretsmanager: InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
  sns: InterfaceVpcEndpointAwsService.SNS,
  sqs: InterfaceVpcEndpointAwsService.SQS,
  states: InterfaceVpcEndpointAwsService.STEP_FUNCTIONS,
}

/**
 * Where the database is, and the functions that use it.
 *
 * 1. Without a way to the internet, AWS services are reached through endpoints: DynamoDB through a gateway that costs nothing, each
 *    other service that the plan names through a network interface, which costs by the hour.
 * 2. With one (a NAT gateway), they are reached that way, and DynamoDB still through its gateway.
 */
export class Network extends Construct {
  readonly vpc: Vpc
  /** Where functions and database are. */
  readonly subnets: SubnetSelection
  readonly functions: SecurityGroup
  readonly database: SecurityGroup

  constructor(scope: Construct, id: string, installation: Installation, internet: boolean) {
    super(scope, id)
    const { plan, profile, overrides } = installation
    const inner = internet ? SubnetType.PRIVATE_WITH_EGRESS : SubnetType.PRIVATE_ISOLATED
    this.subnets = { subnetType: inner }
    const props = {
      vpcName: plan.prefix,
      ipAddresses: IpAddresses.cidr('10.0.0.0/16'),
      maxAzs: 2,
      natGateways: internet ? (profile.everyZone ? 2 : 1) : 0,
      subnetConfiguration: [
        ...(internet ? [{ name: 'public', subnetType: SubnetType.PUBLIC, cidrMask: 24 }] : []),
        { name: 'inner', subnetType: inner, cidrMask: 20 },
      ],
      restrictDefaultSecurityGroup: false,
    }
    this.vpc = new Vpc(this, 'Vpc', overridden(overrides, 'vpc', plan.prefix, props))
    this.#logFlows(installation)
    this.functions = this.#group('Functions', 'Functions that use the database')
    this.database = this.#group('Database', 'The database and its proxy', false)
    this.database.addIngressRule(this.functions, Port.tcp(5432), 'Functions')
    this.database.addIngressRule(this.database, Port.tcp(5432), 'The proxy')
    this.database.addEgressRule(this.database, Port.tcp(5432), 'The proxy')
    this.vpc.addGatewayEndpoint('DynamoDb', { service: GatewayVpcEndpointAwsService.DYNAMODB })
    if (!internet) this.#addEndpoints(installation)
  }

  #group(id: string, description: string, allowAllOutbound = true): SecurityGroup {
    return new SecurityGroup(this, id, { vpc: this.vpc, description, allowAllOutbound })
  }

  #logFlows({ plan, profile }: Installation): void {
    if (!profile.protects)
      return justify(this.vpc, { VPC7: 'A stack that can be thrown away has nothing to investigate' })
    const group = new LogGroup(this, 'FlowLog', {
      logGroupName: `/aws/vpc/${plan.prefix}`,
      ...{ retention: profile.logRetention, removalPolicy: profile.removal },
    })
    this.vpc.addFlowLog('Flows', {
      destination: FlowLogDestination.toCloudWatchLogs(group),
      trafficType: FlowLogTrafficType.REJECT,
    })
  }

  #addEndpoints({ plan, profile }: Installation): void {
    const group = this.#group('Endpoints', 'Endpoints of AWS services', false)
    group.addIngressRule(this.functions, Port.tcp(443), 'Functions')
    const [first] = this.vpc.availabilityZones
    const subnets = profile.everyZone || !first ? this.subnets : { ...this.subnets, availabilityZones: [first] }
    for (const name of plan.services) {
      const service = services[name]
      if (!service) throw new Error(`Functions in the VPC call ${name}, for which no endpoint is known`)
      this.vpc.addInterfaceEndpoint(name, { service, subnets, securityGroups: [group], open: false })
    }
  }
}
