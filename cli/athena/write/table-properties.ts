import { AthenaQueryError, notSupported, Position } from '../athena-error';

/** Properties of an Iceberg table (Athena user guide, "Create Iceberg tables"); those about upkeep have no effect locally. */
const KNOWN = /^(table_type|format|write_compression|compression_level|optimize_rewrite_(?:min_data|max_data)_file_size_bytes|optimize_rewrite_(?:data|delete)_file_threshold|vacuum_min_snapshots_to_keep|vacuum_max_snapshot_age_seconds|vacuum_max_metadata_files_to_keep|write_data_path_enabled|write_object_storage_enabled)$/;

const COMPRESSIONS = ['zstd', 'snappy', 'gzip', 'lz4', 'none', 'uncompressed'];

/** @returns the properties to keep: all but the table's type, in lower case. */
export function checkProperties(given: Readonly<Record<string, string>>, position: Position): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const key = name.toLowerCase();
    if (!KNOWN.test(key)) {
      throw new AthenaQueryError('INVALID_TABLE_PROPERTY', `Unsupported table property key: ${name}`, position);
    }
    if (key === 'format' && value.toLowerCase() !== 'parquet') {
      throw notSupported(`the format ${value} (parquet is)`, position);
    }
    if (key === 'write_compression' && !COMPRESSIONS.includes(value.toLowerCase())) {
      throw new AthenaQueryError('INVALID_TABLE_PROPERTY', `write_compression '${value}' is none of ${COMPRESSIONS.join(', ')}`, position);
    }
    if (key !== 'table_type') {
      kept[key] = value;
    }
  }
  return kept;
}
