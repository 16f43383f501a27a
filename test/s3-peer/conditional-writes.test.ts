import { S3Client } from '@aws-sdk/client-s3';
import { describeWithPeer, S3Peer } from './support/versitygw';
import { Answer } from './support/writer';
import { Writers } from './support/writers';
import { S3LakeStore } from '../../lambda/extractor/store';
import { SourceState, stateKey } from '../../src/spec';

const BUCKET = 'lake';
const WRITERS = 16;
const ROUNDS = 20;
/** Changes that each writer insists on. */
const CLAIMS = 5;

const winners = (answers: readonly Answer[]) => answers.filter((answer) => answer === 'won').length;
const rounds = async <T>(round: (n: number) => Promise<T>): Promise<T[]> => {
  const results: T[] = [];
  for (let n = 0; n < ROUNDS; n++) {
    results.push(await round(n));
  }
  return results;
};

describeWithPeer('16 processes that write to an S3 server that is not ours', () => {
  let peer: S3Peer;
  let store: S3LakeStore;
  let client: S3Client;
  let writers: Writers;

  beforeAll(async () => {
    peer = await S3Peer.start(BUCKET);
    client = new S3Client({
      endpoint: peer.endpoint, forcePathStyle: true, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test-secret' },
    });
    store = new S3LakeStore({ bucket: BUCKET, client });
    writers = start('on');
  });
  afterAll(async () => {
    await writers?.close();
    client?.destroy();
    await peer?.close();
  });

  const start = (conditions: 'on' | 'off') => Writers.start(peer, { count: WRITERS, bucket: BUCKET, conditions });
  const stateOf = (source: string) => JSON.parse(peer.read(stateKey(source)).toString('utf8')) as SourceState;
  const claimsOf = (source: string) => stateOf(source).watermark?.claims as string[];

  /** Winners of each round. */
  const createRaces = (by: Writers, folder: string) => rounds(async (n) => {
    const key = `${folder}/${n}`;
    return winners(await by.all(() => ({ type: 'put', key, condition: { ifNoneMatch: '*' } })));
  });
  const overwriteRaces = (by: Writers, folder: string) => rounds(async (n) => {
    const key = `${folder}/${n}`;
    const { etag } = await store.put(key, Buffer.from('before'), {}) as { etag: string };
    return winners(await by.all(() => ({ type: 'put', key, condition: { ifMatch: etag } })));
  });
  /** All have read the same state, then all change it. */
  const swapRaces = (by: Writers, source: string) => rounds(async (n) => {
    expect(await by.all(() => ({ type: 'read', source }))).toEqual(Array(WRITERS).fill('done'));
    return winners(await by.all((writer) => ({ type: 'swap', source, claim: `${n}-${writer}` })));
  });

  test('to a free key: one succeeds', async () => {
    expect(await createRaces(writers, 'free')).toEqual(Array(ROUNDS).fill(1));
  });

  test('over one version: one succeeds', async () => {
    expect(await overwriteRaces(writers, 'version')).toEqual(Array(ROUNDS).fill(1));
  });

  test('to the state that all have read: one change a round is made, and stays', async () => {
    expect(await swapRaces(writers, 'swap')).toEqual(Array(ROUNDS).fill(1));
    expect(stateOf('swap').seq).toBe(ROUNDS);
    expect(claimsOf('swap').map((claim) => Number(claim.split('-')[0]))).toEqual(Array.from({ length: ROUNDS }, (_, n) => n));
  });

  test('to the state, each until it has won: every change is in it, once', async () => {
    const claims = (writer: number) => Array.from({ length: CLAIMS }, (_, n) => `${writer}-${n}`);
    await writers.all(() => ({ type: 'read', source: 'insist' }));
    const answers = await writers.all((writer) => ({ type: 'insist', source: 'insist', claims: claims(writer) }));

    expect(answers).toEqual(Array(WRITERS).fill('won'));
    expect(claimsOf('insist').sort()).toEqual(Array.from({ length: WRITERS }, (_, writer) => claims(writer)).flat().sort());
  }, 180_000);

  test('the control: without the condition several succeed, and changes of the state are lost', async () => {
    const careless = start('off');
    try {
      expect(Math.max(...await createRaces(careless, 'control-free'))).toBeGreaterThan(1);
      expect(Math.max(...await overwriteRaces(careless, 'control-version'))).toBeGreaterThan(1);
      const won = (await swapRaces(careless, 'control')).reduce((sum, count) => sum + count, 0);
      expect(claimsOf('control').length).toBeLessThan(won);
    } finally {
      await careless.close();
    }
  }, 180_000);
});
