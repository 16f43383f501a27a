/** Names of the extractor's environment variables. A function of the user's own has the bucket, and its prefix in it. */
export const ENV_API_URL = 'API_URL';
export const ENV_DATA_BUCKET_NAME = 'DATA_BUCKET_NAME';
export const ENV_DATA_PREFIX = 'DATA_PREFIX';
/** What metrics and log lines name the pipeline. */
export const ENV_PIPELINE_NAME = 'PIPELINE_NAME';
export const ENV_SOURCE_SPEC = 'SOURCE_SPEC';
/** Overrides of the commit protocol's times, in seconds; the local lake sets them short. */
export const ENV_LEASE_SECONDS = 'COMMIT_LEASE_SECONDS';
export const ENV_QUIET_SECONDS = 'COMMIT_QUIET_SECONDS';

/** More host names that may resolve to private addresses, comma separated; the local command names this machine so. */
export const ENV_ALLOWED_HOSTS = 'EXTRACTOR_ALLOWED_HOSTS';

/** AWS's limit of a function's environment, all names and values together (AWS Lambda developer guide, "Lambda quotas"). */
export const MAX_ENVIRONMENT_BYTES = 4096;
