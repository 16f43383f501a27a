import { HostileServer } from './hostile-server';
import { TestLake } from './test-lake';

/**
 * A new lake before every test of the file, given to `take`; it and the servers started by `startApi` are closed after it.
 */
export function freshLake(take: (lake: TestLake) => void): { startApi: typeof HostileServer.start } {
  const open: { close(): Promise<void> }[] = [];
  beforeEach(async () => {
    const lake = await TestLake.start();
    open.push(lake);
    take(lake);
  });
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) {
      await each.close();
    }
  });
  return {
    startApi: async (...args) => {
      const api = await HostileServer.start(...args);
      open.push(api);
      return api;
    },
  };
}
