export { PartWriter, type Part, type PartWriterOptions } from './part-writer';
