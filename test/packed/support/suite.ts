import { rmSync } from 'node:fs';
import { PackedExtractor, PackedOptions } from './packed-extractor';
import { HostileServer } from '../../support/hostile-server';
import { PackedLibrary, packLibrary } from '../../support/packed-library';
import { TestLake } from '../../support/test-lake';

export interface PackedSuite {
  readonly library: PackedLibrary;
  readonly lake: TestLake;
  /** A server on loopback, closed with the test. */
  serve: typeof HostileServer.start;
  /** A process of the packed extractor, ended with the test. */
  start(options: PackedOptions): PackedExtractor;
}

/** One packed library for all tests of a file; a new lake, and an end to all processes and servers, for each. */
export function packedSuite(): PackedSuite {
  const open: { close(): Promise<void> }[] = [];
  const suite = {
    library: undefined as unknown as PackedLibrary,
    lake: undefined as unknown as TestLake,
    start(options: PackedOptions) {
      const extractor = new PackedExtractor(suite.library, suite.lake, options);
      open.push(extractor);
      return extractor;
    },
    serve: (async (...args) => {
      const server = await HostileServer.start(...args);
      open.push(server);
      return server;
    }) as typeof HostileServer.start,
  };
  beforeAll(() => {
    suite.library = packLibrary();
  });
  beforeEach(async () => {
    suite.lake = await TestLake.start();
    open.push(suite.lake);
  });
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) {
      await each.close();
    }
  });
  afterAll(() => rmSync(suite.library.folder, { recursive: true, force: true }));
  return suite;
}
