/** Permissions of Lake Formation. */
export enum LakePermission {
  /** All that there is for a database or a table; the console calls it Super. */
  ALL = 'ALL',
  /** See a database or a table. */
  DESCRIBE = 'DESCRIBE',
  /** Read a table. */
  SELECT = 'SELECT',
  /** Add to a table. */
  INSERT = 'INSERT',
  /** Delete from a table. */
  DELETE = 'DELETE',
  /** Change the definition of a database or a table. */
  ALTER = 'ALTER',
  /** Drop a database or a table. */
  DROP = 'DROP',
  /** Make tables in a database. */
  CREATE_TABLE = 'CREATE_TABLE',
  /** Make tables over a location. */
  DATA_LOCATION_ACCESS = 'DATA_LOCATION_ACCESS',
}
