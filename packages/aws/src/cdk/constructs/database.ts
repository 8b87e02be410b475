import { ArnFormat, Duration, Stack } from 'aws-cdk-lib'
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import {
  AuroraPostgresEngineVersion,
  ClusterInstance,
  Credentials,
  DatabaseCluster,
  DatabaseClusterEngine,
  type DatabaseProxy,
  DefaultAuthScheme,
} from 'aws-cdk-lib/aws-rds'
import { Construct } from 'constructs'
import { databaseAdmin, databaseName, databaseRoles } from '../../contract/index.ts'
import type { Installation } from './installation.ts'
import { justify } from './justify.ts'
import type { Network } from './network.ts'
import { overridden } from './overrides.ts'

/** Aurora PostgreSQL for the read models; through RDS Proxy where many functions connect at once. */
export class Database extends Construct {
  readonly cluster: DatabaseCluster
  readonly proxy: DatabaseProxy | undefined

  constructor(scope: Construct, id: string, installation: Installation, network: Network) {
    super(scope, id)
    this.cluster = clusterOf(this, installation, network)
    this.proxy = installation.profile.hasProxy ? this.#addProxy(network) : undefined
    this.#describe(installation)
  }

  /** Functions show their token to the proxy, and the proxy its own to the database: no password is kept anywhere. */
  #addProxy({ vpc, subnets, database }: Network): DatabaseProxy {
    const resources = Object.values(databaseRoles).map((user) =>
      userArn(this, this.cluster.clusterResourceIdentifier, user),
    )
    const connect = new PolicyStatement({ actions: ['rds-db:connect'], resources })
    return this.cluster.addProxy('Proxy', {
      defaultAuthScheme: DefaultAuthScheme.IAM_AUTH,
      ...{ vpc, vpcSubnets: subnets, securityGroups: [database] },
      role: new Role(this, 'ProxyRole', {
        assumedBy: new ServicePrincipal('rds.amazonaws.com'),
        inlinePolicies: { rights: new PolicyDocument({ statements: [connect] }) },
      }),
      iamAuth: true,
      requireTLS: true,
    })
  }

  #describe({ references }: Installation): void {
    const { hostname, port } = this.cluster.clusterEndpoint
    const resourceId = this.proxy ? proxyId(this.proxy) : this.cluster.clusterResourceIdentifier
    for (const [role, user] of Object.entries(databaseRoles)) {
      references.set(`database/${role}`, [userArn(this, resourceId, user)])
    }
    const direct = userArn(this, this.cluster.clusterResourceIdentifier, databaseRoles.writer)
    references.set('database/direct-writer', [direct])
    references.set('database/host', [], this.proxy?.endpoint ?? hostname)
    references.set('database/direct-host', [], hostname)
    references.set('database/port', [], String(port))
    // Proxies keep connections for others, and see to them themselves.
    references.set('database/idle-timeout', [], this.proxy ? '0' : '60000')
    const admin = this.cluster.secret
    if (!admin) throw new Error('The database has no secret of its administrator, which migrations need')
    references.set('secret/database-admin', [admin.secretArn])
  }
}

function clusterOf(scope: Construct, installation: Installation, network: Network): DatabaseCluster {
  const { plan, profile, overrides } = installation
  const props = {
    clusterIdentifier: plan.prefix,
    engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_17_9 }),
    writer: ClusterInstance.serverlessV2('writer'),
    readers: profile.hasStandby ? [ClusterInstance.serverlessV2('standby', { scaleWithWriter: true })] : [],
    ...{ serverlessV2MinCapacity: profile.minCapacity, serverlessV2MaxCapacity: profile.maxCapacity },
    ...(profile.minCapacity === 0 && { serverlessV2AutoPauseDuration: Duration.minutes(5) }),
    ...{ vpc: network.vpc, vpcSubnets: network.subnets, securityGroups: [network.database] },
    defaultDatabaseName: databaseName,
    credentials: Credentials.fromUsername(databaseAdmin),
    manageMasterUserPassword: true,
    iamAuthentication: true,
    storageEncrypted: true,
    backup: { retention: Duration.days(profile.backupDays) },
    deletionProtection: profile.protects,
    removalPolicy: profile.removal,
    cloudwatchLogsExports: ['postgresql'],
  }
  // Made beforehand, since the database would make one that keeps everything for ever.
  const log = new LogGroup(scope, 'Log', {
    logGroupName: `/aws/rds/cluster/${plan.prefix}/postgresql`,
    ...{ retention: profile.logRetention, removalPolicy: profile.removal },
  })
  const cluster = new DatabaseCluster(scope, 'Cluster', overridden(overrides, 'cluster', plan.prefix, props))
  cluster.node.addDependency(log)
  if (!profile.protects) justify(cluster, { RDS10: 'A stack that can be thrown away can be thrown away' })
  return cluster
}

function userArn(scope: Construct, resourceId: string, user: string): string {
  return Stack.of(scope).formatArn({
    ...{ service: 'rds-db', resource: 'dbuser', resourceName: `${resourceId}/${user}` },
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  })
}

/** `prx-…`, the last part of the proxy's ARN. */
function proxyId(proxy: DatabaseProxy): string {
  return Stack.of(proxy).splitArn(proxy.dbProxyArn, ArnFormat.COLON_RESOURCE_NAME).resourceName ?? ''
}
