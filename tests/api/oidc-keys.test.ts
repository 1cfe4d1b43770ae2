import { describe, expect, test } from 'vitest';
import { problem, startApi } from './harness.ts';
import { startIssuer } from './support/issuer.ts';
import { person, useOidcLab } from './support/oidc-lab.ts';

const { lab, me } = useOidcLab();

describe('keys', () => {
  test('are kept, and fetched again once for a key id that is unknown', async () => {
    expect((await me(await lab.issuer.sign(person()))).status).toBe(200);
    const before = lab.issuer.asked();
    for (let n = 0; n < 5; n += 1) expect((await me(await lab.issuer.sign(person()))).status).toBe(200);
    expect(lab.issuer.asked()).toBe(before);
    await lab.issuer.rotate();
    expect((await me(await lab.issuer.sign(person()))).status).toBe(200);
    expect(lab.issuer.asked()).toBe(before + 1);
    const unknown = problem(await me(await lab.issuer.sign(person(), { kid: 'nobody' })));
    expect([unknown.status, unknown.detail]).toEqual([401, expect.stringMatching(/key that the issuer does not have/)]);
    expect(lab.issuer.asked()).toBe(before + 2);
  });

  test('an issuer that is away: 503, and those that are known still do', async () => {
    expect((await me(await lab.issuer.sign(person()))).status).toBe(200);
    lab.issuer.fail(500);
    expect((await me(await lab.issuer.sign(person()))).status).toBe(200);
    const away = problem(await me(await lab.issuer.sign(person(), { kid: 'unknown' })));
    expect([away.status, away.code]).toEqual([503, 'identity_provider_unavailable']);
    lab.issuer.fail(null);

    const gone = await startIssuer();
    const late = await startApi({ oidc: { ...lab.settings, issuer: gone.url } });
    const token = await gone.sign(person());
    await gone.stop();
    const ask = () => late.send('GET', '/api/me', { as: null, headers: { Authorization: `Bearer ${token}` } });
    const down = await ask();
    expect([problem(down).code, down.headers.get('retry-after')]).toEqual(['identity_provider_unavailable', '5']);
    expect((await late.send('GET', '/api/me')).status).toBe(200);
    await late.stop();
  });

  test('an issuer that says it is another one is not believed', async () => {
    const other = await startApi({ oidc: { ...lab.settings, issuer: `${lab.issuer.url}/` } });
    const token = await lab.issuer.sign(person({ iss: `${lab.issuer.url}/` }));
    const answer = problem(await other.send('GET', '/api/me', { as: null, headers: { Authorization: `Bearer ${token}` } }));
    expect([answer.status, answer.detail]).toEqual([503, expect.stringContaining('names another issuer')]);
    await other.stop();
  });

  test('at an address that is set need no configuration of the issuer', async () => {
    const direct = await startApi({
      oidc: { ...lab.settings, issuer: 'https://login.example.net', jwksUrl: `${lab.issuer.url}/keys` },
    });
    const token = await lab.issuer.sign(person({ iss: 'https://login.example.net' }));
    expect((await direct.send('GET', '/api/me', { as: null, headers: { Authorization: `Bearer ${token}` } })).status).toBe(200);
    await direct.stop();
  });
});
