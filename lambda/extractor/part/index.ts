export { DEFAULT_BLOCK_BYTES, PartWriter, WRAP_END, WRAP_START, type Part, type PartWriterOptions } from './part-writer';
