/** Names and texts as Athena writes them. Queries (Trino) quote names with double quotes, DDL (Hive) with backticks. */

export const quoteName = (name: string) => `"${name.replace(/"/g, '""')}"`;

export const quoteDdlName = (name: string) => `\`${name.replace(/`/g, '``')}\``;

export const sqlText = (text: string) => `'${text.replace(/'/g, "''")}'`;

/** A double, which Trino writes with an exponent: `1.5` alone is a decimal. */
export const sqlDouble = (value: number) => value.toExponential().toUpperCase();
