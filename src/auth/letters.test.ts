import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { saveSite } from '#instance/site.ts'
import { sendMail } from '#platform/mail.ts'
import { DAY, HOUR } from '#platform/times.ts'
import { openBrowser } from '../../test/browser.ts'
import { PASSWORD } from '../../test/cast.ts'
import { mailServer } from '../../test/mail-server.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import { resetPassword } from './change-password.ts'
import { writeLetter } from './letters.ts'
import { approveUser } from './sign-up.ts'
import { forgetUnconfirmed } from './turn-away.ts'
import type { UserRow } from './users.ts'

const eve = { username: 'eve', email: 'eve@mail.example', password: 'eight good letters' }

for (const database of databases) {
  describe(`letters (${database})`, () => {
    let post: Awaited<ReturnType<typeof mailServer>>
    let w: World
    before(async () => {
      post = await mailServer()
    })
    beforeEach(async () => {
      post.letters.length = 0
      post.state.refuses = false
      w = await world({ database, settings: { ...post.settings, SMTP_FROM_ADDRESS: 'Us <us@here.example>' } })
      await site({ registrations: 'open' })
    })
    afterEach(() => w.close())
    after(() => post.close())

    const site = (changes: Parameters<typeof saveSite>[2]) =>
      saveSite(w.app, w.app.domains.all()[0]?.id ?? 0, changes)
    const userOf = async (email: string) =>
      (await w.app.db.selectFrom('user').selectAll().where('email', '=', email).executeTakeFirst()) as UserRow
    const join = async (fields = {}) => {
      const browser = openBrowser(w)
      const done = await browser.submit(await browser.get('/auth/sign_up'), '/auth/sign_up', {
        ...eve,
        ...fields,
      })
      await w.settle()
      return { browser, done }
    }
    const linkIn = (body = '') =>
      /https:\/\/here\.example(\/auth\/\S+_token=[\w-]+)/.exec(body)?.[1] ?? 'no link'

    test('whoever joins is let in once their address is confirmed, by a button and not by a look', async () => {
      const { browser, done } = await join()
      assert.match(done.text, /eve@mail\.example/)
      const [letter] = post.letters
      assert.deepEqual(letter?.to, ['eve@mail.example'])
      assert.equal(letter?.from, 'us@here.example')
      assert.match(letter?.headers ?? '', /Auto-Submitted: auto-generated/)
      const path = '/auth/sign_in'
      const entry = { login: 'eve', password: eve.password }
      const early = await browser.submit(await browser.get(path), path, entry)
      assert.equal(early.status, 401)
      assert.match(early.text, /not been confirmed/)
      const page = await browser.get(linkIn(letter?.body))
      assert.equal(page.status, 200)
      assert.equal((await userOf(eve.email)).confirmed_at, null)
      const confirmed = await browser.submit(page, '/auth/confirmation')
      assert.equal(confirmed.status, 200)
      assert.notEqual((await userOf(eve.email)).confirmed_at, null)
      assert.equal((await browser.submit(await browser.get(path), path, entry)).status, 303)
    })

    test('an address must be given, and a link that is not ours or too old confirms nothing', async () => {
      const { done } = await join({ email: '' })
      assert.equal(done.status, 422)
      const { browser } = await join()
      const link = linkIn(post.letters[0]?.body)
      assert.equal((await browser.get(`${link}x`)).status, 404)
      w.clock.advance(7 * DAY)
      assert.equal((await browser.get(link)).status, 404)
    })

    test('who never confirmed is forgotten after a week, and the name is free again', async () => {
      await join()
      w.clock.advance(7 * DAY - HOUR)
      await forgetUnconfirmed(w.app)
      assert.notEqual(await userOf(eve.email), undefined)
      w.clock.advance(2 * HOUR)
      await forgetUnconfirmed(w.app)
      assert.equal(await userOf(eve.email), undefined)
      assert.equal((await join()).done.status, 200)
      assert.equal(post.letters.length, 2)
    })

    test('an app asks for the letter again, to another address too', async () => {
      const made = await w.anyone.post('/api/v1/apps', {
        client_name: 'app',
        redirect_uris: 'urn:ietf:wg:oauth:2.0:oob',
        scopes: 'read write',
      })
      const { client_id, client_secret } = made.body as { client_id: string; client_secret: string }
      const grant = { grant_type: 'client_credentials', client_id, client_secret, scope: 'read write' }
      const { access_token } = (await w.anyone.post('/oauth/token', grant)).body as { access_token: string }
      const by = (token: string) => ({ authorization: `Bearer ${token}` })
      const joined = await w.anyone.post('/api/v1/accounts', { ...eve, agreement: true }, by(access_token))
      const own = by((joined.body as { access_token: string }).access_token)
      await w.settle()
      const refused = await w.anyone.get('/api/v1/timelines/home', own)
      assert.equal(refused.status, 403)
      await w.anyone.post('/api/v1/emails/confirmations', { email: 'eve@other.example' }, own)
      await w.settle()
      assert.deepEqual(
        post.letters.map((letter) => letter.to[0]),
        [eve.email, 'eve@other.example'],
      )
      const browser = openBrowser(w)
      // The first address is not theirs any more.
      assert.equal((await browser.get(linkIn(post.letters[0]?.body))).status, 404)
      await browser.submit(await browser.get(linkIn(post.letters[1]?.body)), '/auth/confirmation')
      assert.equal((await w.anyone.get('/api/v1/timelines/home', own)).status, 200)
    })

    test('WEB-10 a forgotten password is chosen anew by a link that leads to us, whatever the request’s host was', async () => {
      const path = '/auth/password/new'
      const browser = openBrowser(w)
      assert.match((await browser.get('/auth/sign_in')).text, /href="\/auth\/password\/new"/)
      const sent = await browser.submit(await browser.get(path), path, { email: 'Bob@mail.example' })
      const unknown = await browser.submit(await browser.get(path), path, { email: 'nobody@mail.example' })
      assert.equal(sent.text, unknown.text)
      const evil = { host: 'evil.example', 'x-forwarded-host': 'evil.example' }
      const strange = await w.site.request('https://evil.example/auth/password/new', { headers: evil })
      assert.notEqual(strange.status, 200)
      await w.settle()
      assert.equal(post.letters.length, 1)
      assert.doesNotMatch(post.letters[0]?.body ?? '', /evil/)
      const page = await browser.get(linkIn(post.letters[0]?.body))
      await browser.submit(page, '/auth/password', { password: 'a whole new one' })
      await w.settle()
      assert.match(post.letters[1]?.headers ?? '', /Subject: Your password was changed/)
      assert.equal((await browser.get(linkIn(post.letters[0]?.body))).status, 404)
    })

    test('a link of one kind is not good for the other', async () => {
      const { browser } = await join()
      const token = /_token=([\w-]+)/.exec(post.letters[0]?.body ?? '')?.[1]
      assert.equal((await browser.get(`/auth/password/edit?reset_password_token=${token}`)).status, 404)
    })

    test('FAIL-43 what the mail server does not take now is offered again later', async () => {
      post.state.refuses = true
      await join()
      assert.equal(post.letters.length, 0)
      post.state.refuses = false
      w.clock.advance(HOUR)
      await w.settle()
      assert.equal(post.letters.length, 1)
    })

    test('whoever waited for the staff is told that they are in', async () => {
      await site({ registrations: 'approved' })
      const { browser } = await join({ reason: 'because' })
      await browser.submit(await browser.get(linkIn(post.letters[0]?.body)), '/auth/confirmation')
      await approveUser(w.app, await userOf(eve.email))
      await w.settle()
      assert.match(post.letters[1]?.headers ?? '', /Subject: You are in/)
    })

    test('a member is written to in their language', async () => {
      const bob = await userOf('bob@mail.example')
      await w.app.inTransaction(async (tx) => {
        await tx.db.updateTable('user').set({ locale: 'de-AT' }).where('id', '=', bob.id).execute()
      })
      await resetPassword(w.app, bob, 'a whole new one')
      await w.settle()
      assert.match(post.letters[0]?.body ?? '', /alle Geräte wurden abgemeldet/)
    })

    test('ACC-14 a new address takes the password, both addresses are told, and it holds once it is confirmed', async () => {
      const browser = openBrowser(w)
      await browser.enter('bob')
      const page = '/settings/account'
      const change = async (fields: Record<string, string>) => {
        const answer = await browser.submit(await browser.get(page), '/settings/email', fields)
        await w.settle()
        return answer
      }
      const wrong = await change({ email: 'bob@new.example', email_password: 'guessed' })
      assert.equal(wrong.status, 422)
      assert.match(wrong.text, /id="e-email_password"/)
      assert.match(wrong.text, /value="bob@new\.example"/)
      assert.equal((await change({ email: 'nothing', email_password: PASSWORD })).status, 422)
      assert.equal(post.letters.length, 0)
      assert.equal((await change({ email: 'bob@new.example', email_password: PASSWORD })).status, 200)
      const told = post.letters.map((letter) => letter.to[0]).sort()
      assert.deepEqual(told, ['bob@mail.example', 'bob@new.example'])
      assert.notEqual(await userOf('bob@mail.example'), undefined)
      const letter = post.letters.find((each) => each.to[0] === 'bob@new.example')
      await browser.submit(await browser.get(linkIn(letter?.body)), '/auth/confirmation')
      assert.notEqual(await userOf('bob@new.example'), undefined)
      assert.equal(await userOf('bob@mail.example'), undefined)
    })

    test('ACC-09 one address gets five letters in half an hour, whoever has them sent', async () => {
      const limited = await world({ database, settings: { ...post.settings, RATE_LIMITS: 'on' } })
      const ask = async (from: string) => {
        const browser = openBrowser(limited, { ip: from })
        const path = '/auth/password/new'
        return (await browser.submit(await browser.get(path), path, { email: 'Bob@new.example' })).status
      }
      for (let n = 1; n <= 5; n++) assert.equal(await ask(`198.51.100.${n}`), 200)
      assert.equal(await ask('198.51.100.6'), 429)
      const browser = openBrowser(limited)
      await browser.enter('bob')
      const form = { email: 'bob@new.example', email_password: PASSWORD }
      const refused = await browser.submit(await browser.get('/settings/account'), '/settings/email', form)
      assert.equal(refused.status, 429)
      assert.match(refused.text, /value="bob@new\.example"/)
      limited.clock.advance(HOUR)
      assert.equal(await ask('198.51.100.6'), 200)
      await limited.close()
    })

    test('whoever wants an address that somebody else has here learns nothing of that', async () => {
      const browser = openBrowser(w)
      await browser.enter('bob')
      const form = { email: 'Alice@mail.example', email_password: PASSWORD }
      const answer = await browser.submit(await browser.get('/settings/account'), '/settings/email', form)
      await w.settle()
      assert.equal(answer.status, 200)
      assert.deepEqual(
        post.letters.map((letter) => letter.to[0]),
        ['bob@mail.example'],
      )
    })

    test('ACC-16 no header begins where somebody’s words say so', async () => {
      const title = 'Us\r\nBcc: mallory@evil.example\r\n\r\n<b>Hi</b>'
      const letter = writeLetter(
        'confirm',
        null,
        { site: title, handle: '@eve@here.example' },
        'https://here.example/x',
      )
      await sendMail(w.app.config, { to: eve.email, fromName: title, ...letter })
      assert.deepEqual(post.letters[0]?.to, [eve.email])
      assert.doesNotMatch(post.letters[0]?.headers ?? '', /^Bcc:/im)
      assert.doesNotMatch(letter.html, /<b>Hi/)
    })
  })
}

describe('sendMail', () => {
  test('signs in where the mail server asks for it, and tells the dialogue without the password', async () => {
    const post = await mailServer({ user: 'us', pass: 'our secret' })
    const config = (pass: string) => ({ ...post.settings, SMTP_LOGIN: 'us', SMTP_PASSWORD: pass })
    const w = await world({ settings: config('our secret') })
    const heard: string[] = []
    const mail = { to: 'eve@mail.example', fromName: 'Us', subject: 's', text: 't', html: 'h' }
    await sendMail(w.app.config, mail, (line) => heard.push(line))
    assert.equal(post.letters.length, 1)
    assert.match(heard.join('\n'), /RCPT TO:<eve@mail\.example>/)
    const secrets = [Buffer.from('\0us\0our secret').toString('base64'), 'our secret']
    assert.ok(secrets.every((secret) => !heard.join('\n').includes(secret)))
    await w.close()
    const wrong = await world({ settings: config('guessed') })
    await assert.rejects(sendMail(wrong.app.config, mail), /Invalid/)
    await wrong.close()
    await post.close()
  })
})
