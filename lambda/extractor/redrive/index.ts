export { redrive, type OpenRedrive } from './redrive';
