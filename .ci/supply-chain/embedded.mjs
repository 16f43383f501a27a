/** Code of others inside the files of a package, which no metafile shows. */
export const EMBEDDED = [
  { name: 'llhttp', within: 'undici', license: 'MIT', copyright: 'Copyright Fedor Indutny, 2018.', url: 'https://github.com/nodejs/llhttp' },
];
