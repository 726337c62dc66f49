import { expect, test } from 'vitest';
import { MessageReader, queryMessage, statementOf } from './wire.js';

const startup = Buffer.from([0, 0, 0, 8, 0, 3, 0, 0]);
const parse = Buffer.from('P\0\0\0\x11s\0select 2\0\0\0', 'latin1');

test('messages come whole, however the network cuts them', () => {
  const sent = Buffer.concat([
    startup,
    queryMessage('select 1'),
    parse,
    Buffer.from('c\0\0\0\x04', 'latin1'),
  ]);
  for (let piece = 1; piece <= sent.length; piece += 1) {
    const reader = new MessageReader('client');
    const messages = [];
    for (let at = 0; at < sent.length; at += piece)
      messages.push(...reader.read(sent.subarray(at, at + piece)));
    expect(Buffer.concat(messages.map(({ bytes }) => bytes))).toEqual(sent);
    expect(messages.map(statementOf)).toEqual([undefined, 'select 1', 'select 2', '(end of COPY data)']);
  }
});
