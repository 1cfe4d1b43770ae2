import { describe, expect, it } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { parseArtifactUrl } from '../../artifacts/open.ts';

describe('the address of an artifact store', () => {
  it.each([
    ['file:///var/lib/cairn', { kind: 'filesystem', path: '/var/lib/cairn', secrets: 'keep' }],
    ['file:///with%20space/?secrets=scrub', { kind: 'filesystem', path: '/with space', secrets: 'scrub' }],
    ['git+file:///srv/x.git', { kind: 'git', path: '/srv/x.git', branch: 'main', push: null, secrets: 'keep' }],
    [
      'git+file:///srv/x.git?branch=net/prod&push=ssh%3A%2F%2Fgit%40h%3A2222%2Fx.git&secrets=encrypt',
      { kind: 'git', path: '/srv/x.git', branch: 'net/prod', push: 'ssh://git@h:2222/x.git', secrets: 'encrypt' },
    ],
    [
      'git+file:///a.git?push=file:///b%2520c.git',
      { kind: 'git', path: '/a.git', branch: 'main', push: 'file:///b%20c.git', secrets: 'keep' },
    ],
    [
      'git+ssh://git@host.example:2222/net/x.git',
      { kind: 'git', path: null, branch: 'main', push: 'ssh://git@host.example:2222/net/x.git', secrets: 'keep' },
    ],
    [
      'git+ssh://[2001:db8::1]/x.git',
      { kind: 'git', path: null, branch: 'main', push: 'ssh://[2001:db8::1]/x.git', secrets: 'keep' },
    ],
    [
      's3://my-bucket/some/prefix/?region=eu-central-1&endpoint=http%3A%2F%2F127.0.0.1%3A9000&path_style=true',
      {
        kind: 's3',
        bucket: 'my-bucket',
        prefix: 'some/prefix',
        region: 'eu-central-1',
        endpoint: 'http://127.0.0.1:9000',
        path_style: true,
        secrets: 'keep',
      },
    ],
    [
      's3://bucket',
      { kind: 's3', bucket: 'bucket', prefix: '', region: null, endpoint: null, path_style: false, secrets: 'keep' },
    ],
  ])('%s', (url, expected) => {
    expect(parseArtifactUrl(url)).toEqual(expected);
  });

  it.each([
    ['', /form/],
    ['/var/lib/cairn', /form/],
    ['http://host/x', /scheme/],
    ['git+https://host/x.git', /scheme/],
    ['file://var/lib', /absolute/],
    ['file://./x', /absolute/],
    ['git+file://x.git', /absolute/],
    ['file:///', /path is missing/],
    ['file:///x%zz', /%25/],
    ['file:///x#y', /%23/],
    ['file:///x?secret=keep', /unknown parameter secret.*secrets/],
    ['file:///x?branch=main', /unknown parameter branch/],
    ['file:///x?secrets=none', /keep, scrub, encrypt/],
    ['file:///x?secrets=keep&secrets=scrub', /twice/],
    ['file:///x?secrets=', /empty/],
    ['git+file:///x.git?branch=-x', /branch/],
    ['git+file:///x.git?branch=a..b', /branch/],
    ['git+file:///x.git?branch=a.lock', /branch/],
    ['git+file:///x.git?push=git%40host%3Ax.git', /push must be/],
    ['git+file:///x.git?push=https%3A%2F%2Fh%2Fx.git', /push must be/],
    ['git+ssh://git:hunter2@host/x.git', /no password/],
    ['git+ssh://host', /path on the host/],
    ['git+ssh://-oProxyCommand=x/x.git', /host/],
    ['git+ssh://git@host/x?push=file:///y', /unknown parameter push/],
    ['s3://KEY:hunter2@bucket/x', /no credentials/],
    ['s3://KEY@bucket/x', /no credentials/],
    ['s3://bucket/x?endpoint=http%3A%2F%2Fk%3Ahunter2%40h', /no credentials/],
    ['s3://bucket/x?endpoint=h%3A9000', /endpoint/],
    ['s3://bucket/x?path_style=yes', /path_style/],
    ['s3://a_b/x', /bucket/],
    ['s3:///x', /bucket/],
  ])('%s is refused', (url, message) => {
    let error: unknown;
    try {
      parseArtifactUrl(url);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'configuration_invalid', detail: expect.stringMatching(message) });
    expect((error as AppError).detail).not.toContain('hunter2');
  });
});
