import { pagePolicy } from '@weir/http'
import { type CfnElement, Duration, Stack } from 'aws-cdk-lib'
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront'
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins'
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3'
import { BucketDeployment, CacheControl, Source } from 'aws-cdk-lib/aws-s3-deployment'
import { Construct } from 'constructs'
import type { Installation } from './installation.ts'
import { justify } from './justify.ts'
import { overridden } from './overrides.ts'
import { type SiteFiles, type SiteFolders, siteFiles } from './site-files.ts'

/** Folders have no pages of their own but the index; relative addresses of the console need the slash. */
const findPage = `function handler(event) {
  var request = event.request
  if (request.uri === '/console') return { statusCode: 308, statusDescription: 'Permanent Redirect', headers: { location: { value: '/console/' } } }
  if (request.uri.endsWith('/')) request.uri += 'index.html'
  return request
}`

/**
 * Pages in S3 and the HTTP API behind one address, by CloudFront.
 *
 * 1. The paths of files go to S3, all others to the API: as on a server that serves both.
 * 2. Files below `assets/` bear a hash in their names, and are kept for good; for all others caches ask again.
 */
export class Site extends Construct {
  readonly bucket: Bucket
  readonly distribution: cloudfront.Distribution

  constructor(scope: Construct, id: string, installation: Installation, httpApi: HttpApi, folders: SiteFolders) {
    super(scope, id)
    const { plan, profile, overrides } = installation
    const files = siteFiles(folders)
    this.bucket = new Bucket(this, 'Pages', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      removalPolicy: profile.removal,
      autoDeleteObjects: !profile.protects,
    })
    const { region, urlSuffix } = Stack.of(this)
    const props: cloudfront.DistributionProps = {
      comment: plan.prefix,
      defaultBehavior: toApi(new HttpOrigin(`${httpApi.apiId}.execute-api.${region}.${urlSuffix}`)),
      additionalBehaviors: this.#fileBehaviors(files),
      priceClass: cloudfront.PriceClass.PRICE_CLASS_100,
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
    }
    this.distribution = new cloudfront.Distribution(
      this,
      'Site',
      overridden(overrides, 'distribution', plan.prefix, props),
    )
    this.#justify()
    const upload = new BucketDeployment(this, 'Upload', {
      sources: [Source.asset(files.folder)],
      destinationBucket: this.bucket,
      cacheControl: [CacheControl.noCache()],
      memoryLimit: 512,
    })
    justifyUpload(upload, this.bucket)
  }

  #justify(): void {
    justify(this.bucket, { S1: 'CloudFront alone reads it, and what it holds is public' })
    justify(this.distribution, {
      CFR1: 'The applications are for callers from everywhere',
      CFR2: 'The HTTP API throttles; whoever needs a firewall gives one by `overrides.distribution`',
      CFR3: 'The HTTP API logs each request to the applications; the rest are public files',
      CFR4: 'The name that CloudFront gives comes with its own certificate; one of your own is given by `overrides.distribution`',
    })
  }

  #fileBehaviors({ paths }: SiteFiles): Record<string, cloudfront.BehaviorOptions> {
    const code = cloudfront.FunctionCode.fromInline(findPage)
    const runtime = cloudfront.FunctionRuntime.JS_2_0
    const common = {
      origin: S3BucketOrigin.withOriginAccessControl(this.bucket),
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      functionAssociations: [
        {
          function: new cloudfront.Function(this, 'FindPage', { code, runtime }),
          eventType: cloudfront.FunctionEventType.VIEWER_REQUEST,
        },
      ],
    }
    const asked = {
      ...common,
      cachePolicy: this.#cache('Asked', 0),
      responseHeadersPolicy: this.#headers('Asked', 'no-cache'),
    }
    const forGood = {
      ...{ ...common, cachePolicy: this.#cache('ForGood', 365) },
      responseHeadersPolicy: this.#headers('ForGood', 'public, max-age=31536000, immutable'),
    }
    const isForGood = (path: string) => path.endsWith('/assets/*')
    const all = paths.flatMap((path) => (path === '/console/*' ? ['/console/assets/*', path] : [path]))
    return Object.fromEntries(all.map((path) => [path, isForGood(path) ? forGood : asked]))
  }

  /** Files are stored with `no-cache`; a shortest time goes before that. */
  #cache(id: string, days: number): cloudfront.CachePolicy {
    return new cloudfront.CachePolicy(this, `${id}Cache`, {
      ...{ minTtl: Duration.days(days), defaultTtl: Duration.days(days), maxTtl: Duration.days(365) },
      enableAcceptEncodingGzip: true,
      enableAcceptEncodingBrotli: true,
    })
  }

  #headers(id: string, cacheControl: string): cloudfront.ResponseHeadersPolicy {
    return new cloudfront.ResponseHeadersPolicy(this, `${id}Headers`, {
      customHeadersBehavior: { customHeaders: [{ header: 'cache-control', value: cacheControl, override: true }] },
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy: pagePolicy, override: true },
        contentTypeOptions: { override: true },
        referrerPolicy: { referrerPolicy: cloudfront.HeadersReferrerPolicy.SAME_ORIGIN, override: true },
        strictTransportSecurity: { accessControlMaxAge: Duration.days(365), override: true },
      },
    })
  }
}

/** Nothing that the API answers is kept at the edge: it says itself what browsers may keep. */
function toApi(origin: HttpOrigin): cloudfront.BehaviorOptions {
  return {
    origin,
    allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
    cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
    originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
    viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
  }
}

/** CDK's function that copies files into the bucket is one for the whole stack, and stands beside the installation. */
function justifyUpload(upload: BucketDeployment, bucket: Bucket): void {
  const reason = 'The function of CDK that copies the pages: it reads the assets of deployments, and writes this bucket'
  const stack = Stack.of(upload)
  const pages = stack.getLogicalId(bucket.node.defaultChild as CfnElement)
  const assets = 'arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>/*'
  const rules = [
    'IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
    ...['GetObject*', 'GetBucket*', 'List*', 'DeleteObject*', 'Abort*'].map((action) => `IAM5[Action::s3:${action}]`),
    ...[`IAM5[Resource::<${pages}.Arn>/*]`, `IAM5[Resource::${assets}]`, 'L1'],
  ]
  const copying = stack.node.findAll().filter(({ node }) => node.id.startsWith('Custom::CDKBucketDeployment'))
  for (const one of copying) justify(one, Object.fromEntries(rules.map((rule) => [rule, reason])))
}
