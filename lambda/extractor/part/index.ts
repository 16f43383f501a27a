export { DEFAULT_BLOCK_BYTES, PartWriter, type Part, type PartWriterOptions } from './part-writer';
