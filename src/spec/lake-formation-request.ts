/** What the custom resources of Lake Formation ask for; the properties of a resource in the template. */
export type LakeFormationRequest = CloseRequest | OptInRequest;

/** Take from IAM what the account's defaults gave it: ALL of a database and its tables, for whoever IAM lets in. */
export interface CloseRequest {
  readonly action: 'close';
  readonly catalogId: string;
  readonly database: string;
}

/** Let Lake Formation decide what a principal may do with a database and its tables; IAM goes on deciding for all others. */
export interface OptInRequest {
  readonly action: 'optIn';
  readonly catalogId: string;
  readonly database: string;
  readonly principal: string;
}
