import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as logs from 'aws-cdk-lib/aws-logs';
import { DEFAULT_AUDIT_LOCK_DAYS } from '../../src/audit/audit';
import { DEFAULT_USE_LAKE_FORMATION_CREDENTIALS } from '../../src/catalog/catalog-crawler';
import { DEFAULT_FIRST_PARTITION } from '../../src/catalog/catalog-table';
import { DEFAULT_REMOVAL_POLICY } from '../../src/core/deletion';
import { DEFAULT_PASSWORD_FIELD, DEFAULT_USERNAME_FIELD } from '../../src/extraction/auth';
import { DEFAULT_LOG_RETENTION, DEFAULT_MEMORY_SIZE, DEFAULT_TIMEOUT_MINUTES } from '../../src/extraction/extractor-options';
import { DEFAULT_CURSOR_FORMAT, DEFAULT_CURSOR_ORDER, DEFAULT_INCLUSIVE_END } from '../../src/extraction/incremental';
import { DEFAULT_CLIENT_ID_FIELD, DEFAULT_CLIENT_SECRET_FIELD, DEFAULT_CREDENTIALS_PLACEMENT } from '../../src/extraction/oauth2-auth';
import { DEFAULT_FIRST_OFFSET, DEFAULT_FIRST_PAGE, DEFAULT_LINK_REL, DEFAULT_STABLE_PAGES } from '../../src/extraction/pagination';
import { DEFAULT_BURST } from '../../src/extraction/rate-limit';
import { DEFAULT_DATA_LAKE_SETTINGS, DEFAULT_DESCRIBE_DEFAULT_DATABASE, DEFAULT_HYBRID_ACCESS, DEFAULT_REVOKE_IAM_ALLOWED_PRINCIPALS } from '../../src/governance/governance';
import { DEFAULT_REGISTER_LOCATIONS } from '../../src/governance/lake-formation-grants-props';
import {
  DEFAULT_MAX_EMPTY_RUNS, DEFAULT_MAX_QUARANTINE_PERCENT, DEFAULT_SCAN_PERCENT, DEFAULT_STALE_SCHEDULES,
} from '../../src/monitoring/pipeline-monitoring';
import { DEFAULT_CREATE_ENDPOINTS } from '../../src/network/function-network';
import { DEFAULT_SCAN_LIMIT_GIB } from '../../src/query/analytics-workgroup';
import { DEFAULT_RESULT_DAYS } from '../../src/query/results-bucket';
import { DEFAULT_FUTURE_TOLERANCE_MS, DEFAULT_LIMITS, DEFAULT_MAX_QUARANTINE_RATIO, DEFAULT_RETRY, DEFAULT_TIMEOUTS } from '../../src/spec';
import { DEFAULT_JWT_LIFETIME_SECONDS } from '../../src/spec/auth-spec';
import { DEFAULT_ACCESS_LOG_DAYS } from '../../src/storage/access-logs-bucket';
import { DEFAULT_NONCURRENT_DAYS } from '../../src/storage/raw-bucket';
import { DEFAULT_WORKFLOW_LOG_RETENTION } from '../../src/workflow/pipeline-workflow-props';
import { DEFAULT_START_ATTEMPTS, DEFAULT_START_WITHIN_MINUTES } from '../../src/workflow/run-schedule';

const MIB = 1024 * 1024;

/** The text behind `@default` of a property in an interface of a source file. */
function documentedDefault(file: string, owner: string, property: string): string | undefined {
  const text = readFileSync(join(__dirname, '../../src', file), 'utf8');
  const body = text.slice(text.indexOf(`export interface ${owner} `));
  const before = body.slice(0, body.indexOf(`readonly ${property}?:`));
  return /@default (.*)\n\s*\*\/\s*$/.exec(before)?.[1];
}

test.each<[string, string, string, string]>([
  ['extraction/contract.ts', 'ContractOptions', 'maxQuarantineRatio', `${DEFAULT_MAX_QUARANTINE_RATIO}`],
  ['workflow/run-schedule.ts', 'RunScheduleOptions', 'startAttempts', `${DEFAULT_START_ATTEMPTS}`],
  ['workflow/run-schedule.ts', 'RunScheduleOptions', 'startWithin', `Duration.minutes(${DEFAULT_START_WITHIN_MINUTES})`],
  ['workflow/pipeline-workflow-props.ts', 'PipelineWorkflowProps', 'logRetention', `RetentionDays.${logs.RetentionDays[DEFAULT_WORKFLOW_LOG_RETENTION]}`],
  ['extraction/request-limits.ts', 'RetryOptions', 'maxAttempts', `${DEFAULT_RETRY.maxAttempts}`],
  ['extraction/request-limits.ts', 'RetryOptions', 'baseDelay', `Duration.millis(${DEFAULT_RETRY.baseDelayMs})`],
  ['extraction/request-limits.ts', 'RetryOptions', 'maxDelay', `Duration.seconds(${DEFAULT_RETRY.maxDelayMs / 1000})`],
  ['extraction/request-limits.ts', 'TimeoutOptions', 'connect', `Duration.seconds(${DEFAULT_TIMEOUTS.connectMs / 1000})`],
  ['extraction/request-limits.ts', 'TimeoutOptions', 'firstByte', `Duration.seconds(${DEFAULT_TIMEOUTS.firstByteMs / 1000})`],
  ['extraction/request-limits.ts', 'TimeoutOptions', 'idle', `Duration.seconds(${DEFAULT_TIMEOUTS.idleMs / 1000})`],
  ['extraction/request-limits.ts', 'TimeoutOptions', 'total', `Duration.seconds(${DEFAULT_TIMEOUTS.totalMs / 1000})`],
  ['extraction/request-limits.ts', 'LimitOptions', 'maxRecordSize', `Size.mebibytes(${DEFAULT_LIMITS.maxRecordBytes / MIB})`],
  ['extraction/request-limits.ts', 'LimitOptions', 'partSize', `Size.mebibytes(${DEFAULT_LIMITS.partBytes / MIB})`],
  ['extraction/request-limits.ts', 'LimitOptions', 'maxDecompressionRatio', `${DEFAULT_LIMITS.maxDecompressionRatio}`],
  ['extraction/rate-limit.ts', 'RateLimitOptions', 'burst', `${DEFAULT_BURST}`],
  ['extraction/pagination.ts', 'PageNumberPaginationOptions', 'start', `${DEFAULT_FIRST_PAGE}`],
  ['extraction/pagination.ts', 'OffsetPaginationOptions', 'start', `${DEFAULT_FIRST_OFFSET}`],
  ['extraction/pagination.ts', 'LinkHeaderPaginationOptions', 'rel', `'${DEFAULT_LINK_REL}'`],
  ['extraction/pagination.ts', 'PageNumberPaginationOptions', 'stablePages', `${DEFAULT_STABLE_PAGES}`],
  ['extraction/pagination.ts', 'OffsetPaginationOptions', 'stablePages', `${DEFAULT_STABLE_PAGES}`],
  ['extraction/incremental.ts', 'CursorIncrementalOptions', 'futureTolerance', `Duration.minutes(${DEFAULT_FUTURE_TOLERANCE_MS / 60_000})`],
  ['extraction/incremental.ts', 'CursorIncrementalOptions', 'format', `CursorFormat.${DEFAULT_CURSOR_FORMAT.toUpperCase().replace('8601', '_8601')}`],
  ['extraction/incremental.ts', 'CursorIncrementalOptions', 'order', `CursorOrder.${DEFAULT_CURSOR_ORDER.toUpperCase()}`],
  ['extraction/incremental.ts', 'TimeWindowIncrementalOptions', 'inclusiveEnd', `${DEFAULT_INCLUSIVE_END}`],
  ['extraction/auth.ts', 'BasicAuthOptions', 'usernameField', `'${DEFAULT_USERNAME_FIELD}'`],
  ['extraction/auth.ts', 'BasicAuthOptions', 'passwordField', `'${DEFAULT_PASSWORD_FIELD}'`],
  ['extraction/oauth2-auth.ts', 'OAuth2ClientCredentialsOptions', 'clientIdField', `'${DEFAULT_CLIENT_ID_FIELD}'`],
  ['extraction/oauth2-auth.ts', 'OAuth2ClientCredentialsOptions', 'clientSecretField', `'${DEFAULT_CLIENT_SECRET_FIELD}'`],
  ['extraction/oauth2-auth.ts', 'OAuth2ClientCredentialsOptions', 'credentialsIn', `ClientCredentialsPlacement.${DEFAULT_CREDENTIALS_PLACEMENT.toUpperCase()}`],
  ['extraction/jwt-auth.ts', 'JwtAuthOptions', 'lifetime', `Duration.seconds(${DEFAULT_JWT_LIFETIME_SECONDS})`],
  ['extraction/extractor-options.ts', 'ExtractorOptions', 'memorySize', `${DEFAULT_MEMORY_SIZE}`],
  ['extraction/extractor-options.ts', 'ExtractorOptions', 'timeout', `Duration.minutes(${DEFAULT_TIMEOUT_MINUTES})`],
  ['extraction/extractor-options.ts', 'ExtractorOptions', 'logRetention', `RetentionDays.${logs.RetentionDays[DEFAULT_LOG_RETENTION]}`],
  ['extraction/extractor-function.ts', 'ExtractorFunctionProps', 'removalPolicy', `RemovalPolicy.${DEFAULT_REMOVAL_POLICY.toUpperCase().replaceAll('-', '_')}`],
  ['query/analytics-workgroup.ts', 'AnalyticsWorkgroupProps', 'removalPolicy', `RemovalPolicy.${DEFAULT_REMOVAL_POLICY.toUpperCase().replaceAll('-', '_')}`],
  ['query/analytics-workgroup.ts', 'AnalyticsWorkgroupProps', 'scanLimit', `Size.gibibytes(${DEFAULT_SCAN_LIMIT_GIB})`],
  ['data-lake-pipeline-props.ts', 'DataLakePipelineProps', 'scanLimit', `Size.gibibytes(${DEFAULT_SCAN_LIMIT_GIB})`],
  ['query/results-bucket.ts', 'ResultsBucketProps', 'expiration', `Duration.days(${DEFAULT_RESULT_DAYS})`],
  ['storage/access-logs-bucket.ts', 'AccessLogsBucketProps', 'expiration', `Duration.days(${DEFAULT_ACCESS_LOG_DAYS})`],
  ['storage/raw-bucket.ts', 'RawBucketProps', 'noncurrentVersionExpiration', `Duration.days(${DEFAULT_NONCURRENT_DAYS})`],
  ['governance/governance.ts', 'LakeFormationOptions', 'dataLakeSettings', `${DEFAULT_DATA_LAKE_SETTINGS}`],
  ['governance/governance.ts', 'LakeFormationOptions', 'describeDefaultDatabase', `${DEFAULT_DESCRIBE_DEFAULT_DATABASE}`],
  ['governance/governance.ts', 'LakeFormationOptions', 'hybridAccess', `${DEFAULT_HYBRID_ACCESS}`],
  ['governance/governance.ts', 'LakeFormationOptions', 'revokeIamAllowedPrincipals', `${DEFAULT_REVOKE_IAM_ALLOWED_PRINCIPALS}, without hybridAccess`],
  ['governance/lake-formation-grants-props.ts', 'LakeFormationGrantsProps', 'registerLocations', `${DEFAULT_REGISTER_LOCATIONS}`],
  ['monitoring/pipeline-monitoring.ts', 'MonitoringOptions', 'staleSchedules', `${DEFAULT_STALE_SCHEDULES}`],
  ['monitoring/pipeline-monitoring.ts', 'MonitoringOptions', 'maxQuarantinePercent', `${DEFAULT_MAX_QUARANTINE_PERCENT}`],
  ['monitoring/pipeline-monitoring.ts', 'MonitoringOptions', 'maxEmptyRuns', `${DEFAULT_MAX_EMPTY_RUNS}`],
  ['monitoring/pipeline-monitoring.ts', 'MonitoringOptions', 'scanPercent', `${DEFAULT_SCAN_PERCENT}`],
  ['catalog/catalog-table.ts', 'CatalogTableProps', 'firstPartition', `'${DEFAULT_FIRST_PARTITION}'`],
  ['catalog/cataloguing.ts', 'ExplicitCataloguingOptions', 'firstPartition', `'${DEFAULT_FIRST_PARTITION}'`],
  ['audit/audit.ts', 'CloudTrailAuditOptions', 'lock', `Duration.days(${DEFAULT_AUDIT_LOCK_DAYS})`],
  ['network/function-network.ts', 'VpcOptions', 'createEndpoints', `${DEFAULT_CREATE_ENDPOINTS}`],
  ['catalog/catalog-crawler.ts', 'CatalogCrawlerProps', 'useLakeFormationCredentials', `${DEFAULT_USE_LAKE_FORMATION_CREDENTIALS}`],
])('%s %s.%s says what the code does', (file, owner, property, expected) => {
  expect(documentedDefault(file, owner, property)).toBe(expected);
});
