import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseEnvFile, parseToml } from './config-files.ts'

const valuesOf = (text: string, env: Record<string, string> = {}) => parseEnvFile(text, env).values

describe('an env file as Ruby dotenv writes it', () => {
  it('gives what is in quotes without them, spaces and # included', () => {
    assert.deepEqual(valuesOf(`DB_PASS='pa ss#1$x'\nSMTP_PASSWORD="a \\"b\\" \\$c # d"\nEMPTY=''\nALSO=`), {
      DB_PASS: 'pa ss#1$x',
      SMTP_PASSWORD: 'a "b" $c # d',
      EMPTY: '',
      ALSO: '',
    })
  })

  it('knows export, comments, blank lines, and spaces around the equals sign', () => {
    const text =
      '# Federation\n\nexport LOCAL_DOMAIN = social.example  # ours\n  # ---\nSINGLE_USER_MODE: true\n'
    assert.deepEqual(parseEnvFile(text), {
      values: { LOCAL_DOMAIN: 'social.example', SINGLE_USER_MODE: 'true' },
      problems: [],
    })
  })

  it('replaces what it knows from above or from the environment, but not in single quotes', () => {
    const text = `HOST=db.lan\nDATABASE_URL="postgres://$ROLE@\${HOST}/m"\nRAW='$HOST'\nOR=\${NONE:-else}\nPLAIN=$HOST-1`
    assert.deepEqual(valuesOf(text, { ROLE: 'mastodon' }), {
      HOST: 'db.lan',
      DATABASE_URL: 'postgres://mastodon@db.lan/m',
      RAW: '$HOST',
      OR: 'else',
      PLAIN: 'db.lan-1',
    })
  })

  it('reads keys of several lines and line breaks written as backslash n', () => {
    assert.deepEqual(valuesOf('SAML_CERT="BEGIN\nabc=\nEND" # pem\nOTHER="a\\nb"\nLAST=1'), {
      SAML_CERT: 'BEGIN\nabc=\nEND',
      OTHER: 'a\nb',
      LAST: '1',
    })
  })

  it('runs nothing and says so', () => {
    const { values, problems } = parseEnvFile('SECRET_KEY_BASE=$(rake secret)')
    assert.equal(values.SECRET_KEY_BASE, '$(rake secret)')
    assert.equal(problems[0]?.line, 1)
  })
})

describe('an env file as docker-compose reads it', () => {
  it('takes unquoted spaces and angle brackets as they are', () => {
    const text = 'SMTP_FROM_ADDRESS=Mastodon <notifications@social.example>\nSMTP_LOGIN=DOMAIN\\mailer\n'
    assert.deepEqual(valuesOf(text), {
      SMTP_FROM_ADDRESS: 'Mastodon <notifications@social.example>',
      SMTP_LOGIN: 'DOMAIN\\mailer',
    })
  })

  it('keeps quotes that do not enclose the whole value', () => {
    assert.deepEqual(
      valuesOf(`A="My server" <me@social.example>\nB=Bob's server\nC='tis\nD=5" disk\nE="5\nF="6`),
      {
        A: '"My server" <me@social.example>',
        B: "Bob's server",
        C: "'tis",
        D: '5" disk',
        E: '"5',
        F: '"6',
      },
    )
  })

  it('keeps dollar and number signs of a password that was never meant for a shell', () => {
    assert.deepEqual(valuesOf('DB_PASS=a$ecret#1\nREDIS_PASSWORD=#1pass\nOIDC_UID_FIELD= # none'), {
      DB_PASS: 'a$ecret#1',
      REDIS_PASSWORD: '#1pass',
      OIDC_UID_FIELD: '',
    })
  })

  it('reads files of Windows, with a byte order mark and carriage returns', () => {
    assert.deepEqual(valuesOf('\uFEFFLOCAL_DOMAIN=social.example\r\nPORT=3000\r\n'), {
      LOCAL_DOMAIN: 'social.example',
      PORT: '3000',
    })
  })
})

describe('an env file as a shell sources it', () => {
  it('joins pieces, takes away backslashes, and leaves set and bare exports alone', () => {
    const text = `#!/bin/bash\nset -a\nA="one "'two'three\nB=one\\ two\nexport A B\nexport C="x"; \nset +o allexport\n`
    const { values, problems } = parseEnvFile(text)
    assert.equal(values.A, 'one twothree')
    assert.equal(values.B, 'one two')
    assert.equal(values.C, 'x')
    assert.deepEqual(problems, [])
  })

  it('lets the last of two lines win', () => {
    assert.deepEqual(valuesOf('PORT=1\nPORT=2'), { PORT: '2' })
  })

  it('names the lines that say nothing', () => {
    assert.deepEqual(
      parseEnvFile('PORT=1\nif [ -f x ]; then').problems.map(({ line }) => line),
      [2],
    )
  })
})

describe('hyrax.toml', () => {
  it('joins tables with _ and lists with a comma', () => {
    const text = 'local_domain = "social.example"\nPORT = 3000\n[smtp]\nserver = "mail.lan"\ntls = true\n'
    const more = '[oidc]\nscope = ["openid", "email"]\n[db.pool]\n'
    assert.deepEqual(parseToml(text + more).values, {
      local_domain: 'social.example',
      PORT: '3000',
      smtp_server: 'mail.lan',
      smtp_tls: 'true',
      oidc_scope: 'openid,email',
    })
  })

  it('names lists of tables', () => {
    assert.equal(parseToml('[[listen]]\nport = 1').problems.length, 1)
  })
})
