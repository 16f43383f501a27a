import { AwsChunkedDecoder } from '../../../cli/s3/aws-chunked';

const BODY = Buffer.from('5;chunk-signature=ab\r\nhe\r\nl\r\n3\r\nlo!\r\n0\r\nx-amz-checksum-crc32: AAAA==\r\nx-amz-trailer-signature:cd\r\n\r\n');

test('the payload is the same wherever the network cuts the body', () => {
  for (let size = 1; size <= BODY.length; size++) {
    const decoder = new AwsChunkedDecoder();
    let payload = '';
    for (let at = 0; at < BODY.length; at += size) {
      for (const data of decoder.push(BODY.subarray(at, at + size))) payload += data.toString();
    }
    decoder.finish();
    expect(payload).toBe('he\r\nllo!');
    expect(decoder.trailers.get('x-amz-checksum-crc32')).toBe('AAAA==');
  }
});

test('a body cut anywhere before its last chunk\'s end is refused', () => {
  for (let size = 1; size < BODY.indexOf('0\r\nx-amz') + 3; size++) {
    const decoder = new AwsChunkedDecoder();
    Array.from(decoder.push(BODY.subarray(0, size)));
    expect(() => decoder.finish()).toThrow(/ends before its last chunk/);
  }
});

test('a chunk longer than its size is refused', () => {
  expect(() => Array.from(new AwsChunkedDecoder().push(Buffer.from('2\r\nhello\r\n')))).toThrow(/longer than its size/);
});
