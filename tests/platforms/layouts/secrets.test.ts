import { expect, test } from 'vitest';
import { platformOf } from '../support/layout.ts';

/** Every secret is spelt with S3CRET; what must stay, with KEPT. */
const CONFIGURATIONS: Record<string, string> = {
  paloalto_panos: `mgt-config {
  users {
    KEPT-admin {
      phash $5$S3CRET$S3CRET;
      public-key KEPT;
    }
  }
}
deviceconfig {
  system {
    hostname KEPT;
    snmp-setting {
      access-setting {
        version {
          v2c {
            snmp-community-string S3CRET;
          }
        }
      }
    }
  }
}
shared {
  server-profile {
    radius KEPT {
      secret -AQ==S3CRET/S3CRET=;
    }
  }
  certificate {
    private-key "-----BEGIN S3CRET
S3CRET-----END";
  }
}
network {
  ike {
    gateway KEPT {
      authentication {
        pre-shared-key {
          key -AQ==S3CRET;
        }
      }
    }
  }
}
`,
  fortinet: `config system admin
    edit "KEPT"
        set accprofile "KEPT"
        set password ENC S3CRET==
    next
end
config vpn ipsec phase1-interface
    edit "KEPT"
        set psksecret ENC S3CRET
        set keylife 86400
    next
end
config user radius
    edit "KEPT"
        set secret "S3CRET with blanks"
    next
end
config system snmp community
    edit 1
        set name "S3CRET"
        config hosts
            edit 1
                set ip 192.0.2.1 255.255.255.255
            next
        end
    next
    edit 2
        set name "S3CRET"
    next
end
config vpn certificate local
    edit "KEPT"
        set private-key "-----BEGIN ENCRYPTED PRIVATE KEY-----
S3CRET
S3CRET
-----END ENCRYPTED PRIVATE KEY-----"
        set comments "KEPT"
    next
end
`,
  huawei_vrp: `sysname KEPT
#
snmp-agent community read S3CRET
snmp-agent community write cipher %^%#S3CRET%^%#
snmp-agent usm-user v3 KEPT authentication-mode sha cipher %^%#S3CRET%^%#
#
aaa
 local-user KEPT password irreversible-cipher $1c$S3CRET$
 local-user KEPT service-type ssh
#
radius-server template KEPT
 radius-server shared-key cipher %^%#S3CRET%^%#
#
ospf 1
 area 0.0.0.0
  authentication-mode md5 1 plain S3CRET
#
return
`,
  aruba_aoscx: `hostname KEPT
user KEPT group administrators password ciphertext AQBS3CRET
snmp-server community S3CRET
snmpv3 user KEPT auth sha auth-pass ciphertext S3CRET priv aes priv-pass ciphertext S3CRET
radius-server host 192.0.2.1 key ciphertext S3CRET
tacacs-server key plaintext S3CRET
router bgp 65000
    neighbor 192.0.2.9 remote-as 65001
    neighbor 192.0.2.9 password ciphertext S3CRET
interface vlan10
    ip ospf authentication-key ciphertext S3CRET
    description KEPT
`,
};

test.each(Object.entries(CONFIGURATIONS))('%s: the configuration is kept without its secrets', (name, text) => {
  const { config } = platformOf(name);
  const scrubbed = config.scrub.reduce((rest, { find, replace }) => rest.replace(find, replace), text);
  expect(scrubbed).not.toContain('S3CRET');
  expect(scrubbed.match(/KEPT/g)).toEqual(text.match(/KEPT/g));
  expect(scrubbed.match(/<removed>/g)?.length).toBeGreaterThan(3);
  if (config.end !== null) expect(config.end.test(scrubbed)).toBe(true);
});
