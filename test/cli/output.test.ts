import { jest } from '@jest/globals';
import { errorDocument } from '../../src/cli/failure.js';
import { output } from '../../src/cli/output.js';
import { RsentError } from '../../src/model/errors.js';

describe('the one document', () => {
  const printed = (act: () => void) => {
    let text = '';
    const spy = jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      text += String(chunk);
      return true;
    });
    act();
    spy.mockRestore();
    return text;
  };

  it('is printed at the end, with what failed after it was made', () => {
    const text = printed(() => {
      output.json({ schemaVersion: 1, passed: true });
      output.end(errorDocument(new RsentError('topology', 'The disk is full.')));
    });
    expect(JSON.parse(text)).toEqual({
      schemaVersion: 1,
      passed: true,
      error: { kind: 'topology', message: 'The disk is full.', hint: null },
    });
  });

  it('is none where none was made, and nothing failed', () => {
    expect(printed(() => output.end())).toBe('');
  });

  it('is printed once', () => {
    const text = printed(() => {
      output.json({ schemaVersion: 1 });
      output.end();
      output.end();
    });
    expect(JSON.parse(text)).toEqual({ schemaVersion: 1 });
  });
});
