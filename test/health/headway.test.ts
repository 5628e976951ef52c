import { headwayOf } from '../../src/health/headway.js';

const at = (fields: Readonly<Record<string, string>>) => headwayOf(new Map(Object.entries(fields)));

describe('how far a data node has come', () => {
  it.each([
    [
      'a load',
      {
        loading: '1',
        loading_loaded_bytes: '700',
        loading_loaded_perc: '6.52',
        loading_eta_seconds: '100',
      },
      { what: 'load', amount: 700, text: '6 % of its data loaded, 100 s left' },
    ],
    [
      'a load that has just begun',
      { loading: '1' },
      { what: 'load', amount: 0, text: 'loading its data' },
    ],
    [
      'a copy',
      {
        loading: '0',
        master_sync_in_progress: '1',
        master_sync_total_bytes: '400',
        master_sync_read_bytes: '100',
      },
      { what: 'sync', amount: 100, text: "25 % of its master's data received" },
    ],
    [
      'a copy without an end that is known',
      { master_sync_in_progress: '1', master_sync_total_bytes: '-1', master_sync_read_bytes: '9' },
      { what: 'sync', amount: 9, text: "9 bytes of its master's data received" },
    ],
    [
      'a copy before 6.2, where less is left',
      { master_sync_in_progress: '1', master_sync_left_bytes: '50' },
      { what: 'sync', amount: -50, text: "waiting for its master's data" },
    ],
    [
      'a snapshot',
      {
        rdb_bgsave_in_progress: '1',
        current_save_keys_processed: '30',
        current_save_keys_total: '60',
      },
      { what: 'save', amount: 30, text: 'saving its data for a replica, 50 % done' },
    ],
  ])('is told by INFO: %s', (_, fields, headway) => expect(at(fields)).toEqual(headway));

  it('is nothing where it is at nothing', () => {
    expect(at({ loading: '0', master_sync_in_progress: '0' })).toBeUndefined();
  });
});
