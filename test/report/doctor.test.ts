import colors from 'picocolors';
import { diagnose } from '../../src/health/doctor/diagnose.js';
import { doctorJson, doctorText } from '../../src/report/doctor.js';
import { Patient } from '../helpers/examination.js';

const paint = colors.createColors(false);
const reportOf = (patient: Patient) => {
  const examination = patient.examination();
  return { subject: 'lab', examined: [{ examination, diagnoses: diagnose(examination) }] };
};

it('says in one line that nothing was found', () => {
  const report = reportOf(new Patient());
  expect(doctorText(report, paint)).toBe(
    'lab, master name mymaster: 3 data nodes, 3 Sentinels; nothing found',
  );
  expect(doctorJson(report)).toMatchObject({ healthy: true, findings: [] });
});

it('shows the findings of each subject together, with where to read more', () => {
  const patient = new Patient().says(() => ({ tilt: true, simulateFailure: true }), 'sentinel-1');
  const report = reportOf(patient.silent('redis-3'));
  const text = doctorText(report, paint);
  expect(text).toContain('3 data nodes (2 answered), 3 Sentinels');
  const block = text.split('\n\n').find((each) => each.startsWith('sentinel 172.30.5.201:26379\n'));
  expect(block?.match(/✗ seen {2}/g)).toHaveLength(2);
  expect(block).toContain('    read  https://github.com/redis/redis/issues/13982');
  expect(doctorJson(report)).toMatchObject({ healthy: false });
});

it('lets nothing that servers say reach the terminal as a command', () => {
  const patient = new Patient().says(
    () => ({ confSaved: { ok: false, why: '\x1b[2J\x1b]0;evil\x07' } }),
    'sentinel-1',
  );
  const text = doctorText(reportOf(patient), colors.createColors(true));
  for (const evil of ['\x1b[2J', '\x1b]', '\x07']) expect(text).not.toContain(evil);
});
