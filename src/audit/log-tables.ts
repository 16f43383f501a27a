import * as glue from 'aws-cdk-lib/aws-glue';

/** A table over log files of AWS, one folder a day. */
export interface LogTable {
  readonly name: string;
  readonly description: string;
  readonly columns: glue.CfnTable.ColumnProperty[];
  readonly inputFormat: string;
  readonly serde: glue.CfnTable.SerdeInfoProperty;
}

const text = (names: string) => names.split(' ').map((name) => ({ name, type: 'string' }));

/** Fields are separated by blanks; those that a line is too old to have are NULL, those that S3 adds later are left out. */
const ACCESS_LOG_LINE = '([^ ]*) ([^ ]*) \\[(.*?)\\] ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ("[^"]*"|-) (-|[0-9]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) '
  + '([^ ]*) ("[^"]*"|-) ([^ ]*)(?: ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*))?.*$';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html */
export const ACCESS_LOGS: LogTable = {
  name: 'access_logs',
  description: 'Requests for the objects of the data lake, as S3 logs them: best effort, some hours late',
  columns: [
    ...text('bucketowner bucket_name requestdatetime remoteip requester requestid operation key request_uri httpstatus errorcode'),
    { name: 'bytessent', type: 'bigint' },
    { name: 'objectsize', type: 'bigint' },
    ...text('totaltime turnaroundtime referrer useragent versionid hostid sigv ciphersuite authtype endpoint tlsversion accesspointarn aclrequired'),
  ],
  inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
  serde: { serializationLibrary: 'org.apache.hadoop.hive.serde2.RegexSerDe', parameters: { 'input.regex': ACCESS_LOG_LINE } },
};

const SESSION_ISSUER = 'struct<type:string,principalid:string,arn:string,accountid:string,username:string>';
const SESSION = `struct<attributes:struct<mfaauthenticated:string,creationdate:string>,sessionissuer:${SESSION_ISSUER},ec2roledelivery:string,`
  + 'webidfederationdata:struct<federatedprovider:string,attributes:map<string,string>>>';
const IDENTITY = 'struct<type:string,principalid:string,arn:string,accountid:string,invokedby:string,accesskeyid:string,username:string,'
  + `onbehalfof:struct<userid:string,identitystorearn:string>,sessioncontext:${SESSION}>`;

/** @see https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html */
export const OBJECT_EVENTS: LogTable = {
  name: 'object_events',
  description: 'Data events of the objects of the data lake, as CloudTrail records them',
  columns: [
    ...text('eventversion'),
    { name: 'useridentity', type: IDENTITY },
    ...text('eventtime eventsource eventname awsregion sourceipaddress useragent errorcode errormessage requestparameters responseelements additionaleventdata '
      + 'requestid eventid readonly'),
    { name: 'resources', type: 'array<struct<arn:string,accountid:string,type:string>>' },
    ...text('eventtype apiversion recipientaccountid serviceeventdetails sharedeventid vpcendpointid eventcategory'),
    { name: 'tlsdetails', type: 'struct<tlsversion:string,ciphersuite:string,clientprovidedhostheader:string>' },
  ],
  inputFormat: 'com.amazon.emr.cloudtrail.CloudTrailInputFormat',
  serde: { serializationLibrary: 'org.apache.hive.hcatalog.data.JsonSerDe' },
};
