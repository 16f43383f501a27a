/** `source` of the events that workflows send to the account's default event bus. */
export const COMPLETION_SOURCE = 'cdk-data-lake-pipeline';

/** `detail-type` of the event of a run that is complete. */
export const COMPLETION_DETAIL_TYPE = 'Pipeline Run Complete';
