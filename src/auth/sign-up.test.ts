import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { HostedDomain } from '#app.ts'
import type { SiteSettings } from '#instance/site.ts'
import { saveSite } from '#instance/site.ts'
import type { Refusal } from '#platform/errors.ts'
import type { World } from '../../test/world.ts'
import { databases, world } from '../../test/world.ts'
import { ownApplication } from './apps.ts'
import { MODERATOR } from './roles.ts'
import type { SignUpForm } from './sign-up.ts'
import { approveUser, setEmail, signUp, signUpByKeeper } from './sign-up.ts'
import { createToken, findToken } from './tokens.ts'
import { rejectUser } from './turn-away.ts'
import type { UserRow } from './users.ts'
import { userByAccount, userById } from './users.ts'

const good: SignUpForm = { username: 'eve', password: 'eight good letters', agreement: true }

for (const database of databases) {
  describe(`signUp (${database})`, () => {
    let w: World
    let domain: HostedDomain
    beforeEach(async () => {
      w = await world({ database })
      domain = w.app.domains.all()[0] as HostedDomain
    })
    afterEach(() => w.close())

    const join = (changes: Partial<SignUpForm> = {}) => signUp(w.app, domain, { ...good, ...changes })
    const site = (changes: Partial<SiteSettings>) => saveSite(w.app, domain.id, changes)
    /** The codes by which a sign-up is refused, by field. */
    const codes = async (changes: Partial<SignUpForm>) => {
      const error = await join(changes).then(
        () => null,
        (thrown: Refusal) => thrown,
      )
      const entries = Object.entries(error?.details ?? {})
      return Object.fromEntries(entries.map(([field, problems]) => [field, problems[0]?.error]))
    }

    test('where the door is open a member is in at once, and staff hear of it', async () => {
      const { user, account } = await join({ email: 'Eve@Mail.example', locale: 'pt-BR' })
      assert.equal(account.username, 'eve')
      assert.equal(user.email_lower, 'eve@mail.example')
      assert.equal(user.locale, 'pt-BR')
      assert.notEqual(user.approved_at, null)
      await w.settle()
      const heard = await w.as('alice').get('/api/v1/notifications?types[]=admin.sign_up')
      assert.equal((heard.body as { type: string }[])[0]?.type, 'admin.sign_up')
    })

    test('where the staff approve, a token of the newcomer waits with them', async () => {
      await site({ registrations: 'approved' })
      const { user } = await join()
      const applicationId = (await ownApplication(w.app, 'hyrax-command-line')).id
      const token = await createToken(w.app, { applicationId, userId: user.id, scopes: ['read'] })
      assert.match((await findToken(w.app, token))?.refusal ?? '', /pending approval/)
      await approveUser(w.app, user)
      assert.equal((await findToken(w.app, token))?.refusal, undefined)
      await assert.rejects(rejectUser(w.app, (await userById(w.app, user.id)) as UserRow), /is in already/)
    })

    test('whom the staff turn away never was', async () => {
      await site({ registrations: 'approved' })
      const { user, account } = await join()
      await rejectUser(w.app, user)
      assert.equal(await userById(w.app, user.id), undefined)
      const left = await w.app.db.selectFrom('account').select('id').where('id', '=', account.id).execute()
      assert.deepEqual(left, [])
      await w.settle()
      assert.ok(await join())
    })

    test('of turning away and letting in at once, only one happens', async () => {
      await site({ registrations: 'approved' })
      const { user, account } = await join()
      await approveUser(w.app, user)
      // The staff member looked at the list before the other one decided.
      await assert.rejects(rejectUser(w.app, user), /is in already/)
      assert.ok(await userByAccount(w.app, account.id))
    })

    test('where the door is closed nobody gets in', async () => {
      await site({ registrations: 'none' })
      await assert.rejects(join(), (error: Refusal) => error.kind === 'not-allowed')
      await site({ registrations: 'open', single_user: true })
      await assert.rejects(join(), (error: Refusal) => error.kind === 'not-allowed')
    })

    test('each field that cannot be is named with its code', async () => {
      assert.deepEqual(await codes({ username: '', password: '', agreement: false }), {
        username: 'ERR_BLANK',
        password: 'ERR_BLANK',
        agreement: 'ERR_ACCEPTED',
      })
      for (const [username, code] of [
        ['a'.repeat(31), 'ERR_TOO_LONG'],
        ['e v', 'ERR_INVALID'],
        ['eve-1', 'ERR_INVALID'],
        ['éve', 'ERR_INVALID'],
        ['eve\n', 'ERR_INVALID'],
        ['аdmin', 'ERR_INVALID'],
        ['admin', 'ERR_RESERVED'],
        ['Support', 'ERR_RESERVED'],
        ['BOB', 'ERR_TAKEN'],
      ])
        assert.deepEqual(await codes({ username: username as string }), { username: code }, `${username}`)
      for (const [password, code] of [
        ['seven77', 'ERR_TOO_SHORT'],
        ['a'.repeat(4097), 'ERR_TOO_LONG'],
      ])
        assert.deepEqual(await codes({ password: password as string }), { password: code })
      assert.deepEqual(await codes({ email: 'BOB@mail.example' }), { email: 'ERR_TAKEN' })
      assert.deepEqual(await codes({ locale: 'en; drop' }), { locale: 'ERR_INCLUSION' })
      assert.deepEqual(await codes({ reason: 'a'.repeat(421) }), { reason: 'ERR_TOO_LONG' })
    })

    test('ACC-15 odd mail addresses are refused', async () => {
      for (const email of [
        'a@b',
        '@mail.example',
        'eve@',
        'eve',
        'eve@mail.example\ncc:x@mail.example',
        'eve@mail.example\r\n',
        'eve@mail.example ',
        '"eve"@mail.example',
        'eve(comment)@mail.example',
        'eve@[192.0.2.1]',
        'eve@192.0.2.1',
        'eve%elsewhere@mail.example',
        'elsewhere!eve@mail.example',
        'eve,bob@mail.example',
        'eve@mail.example,bob@mail.example',
        'eve@mail@mail.example',
        '<eve@mail.example>',
        'Eve <eve@mail.example>',
        'eve..x@mail.example',
        '.eve@mail.example',
        'eve.@mail.example',
        'eve@mail..example',
        'eve@-mail.example',
        'eve@mail-.example',
        'eve@mail.example.',
        'eve@mäil.example',
        'ève@mail.example',
        'eve+AGE-@mail.example/x',
        `${'e'.repeat(65)}@mail.example`,
        `eve@${'m'.repeat(64)}.example`,
        `eve@${'mail.'.repeat(70)}example`,
        'eve\u0000@mail.example',
      ])
        assert.deepEqual(await codes({ email }), { email: 'ERR_INVALID' }, JSON.stringify(email))
    })

    test('where there is a least age, the date of birth is asked for and not stored', async () => {
      await site({ min_age: 16 })
      // Today is the first of June 2026.
      for (const [dateOfBirth, code] of [
        [undefined, 'ERR_BLANK'],
        ['2010-06-02', 'ERR_BELOW_LIMIT'],
        ['2030-01-01', 'ERR_BELOW_LIMIT'],
        ['2000-02-31', 'ERR_INVALID'],
        ['01.06.2000', 'ERR_INVALID'],
      ])
        assert.deepEqual(await codes({ dateOfBirth }), { date_of_birth: code }, `${dateOfBirth}`)
      const { user } = await join({ dateOfBirth: '2010-06-01' })
      const row = await userById(w.app, user.id)
      assert.equal(row?.age_verified_at, w.app.now())
      assert.equal(JSON.stringify(row).includes('2010-06-01'), false)
    })

    test('a reason is needed only where the staff ask for one', async () => {
      await site({ registrations: 'approved', require_reason: true })
      assert.deepEqual(await codes({}), { reason: 'ERR_BLANK' })
      assert.equal((await join({ reason: 'I like hyraxes' })).user.sign_up_reason, 'I like hyraxes')
    })

    test('ACC-18 of sign-ups for one name at once, in any case, one wins and the others hear why', async () => {
      const tries = await Promise.allSettled(['eve', 'Eve', 'EVE'].map((username) => join({ username })))
      const lost = tries.flatMap((each) => (each.status === 'rejected' ? [each.reason as Refusal] : []))
      assert.equal(lost.length, 2)
      for (const error of lost) assert.equal(error.details?.username?.[0]?.error, 'ERR_TAKEN')
    })

    test('ACC-18 of sign-ups for one mail address at once one wins', async () => {
      const email = 'eve@mail.example'
      const tries = await Promise.allSettled(['eve', 'ida'].map((username) => join({ username, email })))
      const lost = tries.flatMap((each) => (each.status === 'rejected' ? [each.reason as Refusal] : []))
      assert.deepEqual(
        lost.map((error) => error.details?.email?.[0]?.error),
        ['ERR_TAKEN'],
      )
      const accounts = w.app.db
        .selectFrom('account')
        .select('id')
        .where('username_lower', 'in', ['eve', 'ida'])
      assert.equal((await accounts.execute()).length, 1)
    })

    test('the keeper gives reserved names and roles, closed door or not', async () => {
      await site({ registrations: 'none' })
      const wanted = { username: 'support', password: good.password, roleId: MODERATOR, approved: true }
      const account = await signUpByKeeper(w.app, domain, { ...wanted, confirmed: true })
      assert.equal((await userByAccount(w.app, account.id))?.role_id, MODERATOR)
    })

    test("a new mail address must be one, and nobody else's", async () => {
      const bob = (await userByAccount(w.app, w.cast.bob.id)) as UserRow
      const code = (email: string) =>
        setEmail(w.app, bob, email).then(
          () => null,
          (error: Refusal) => error.details?.email?.[0]?.error,
        )
      assert.equal(await code('bob'), 'ERR_INVALID')
      assert.equal(await code('Alice@mail.example'), 'ERR_TAKEN')
      assert.equal(await code('Bob@New.example'), null)
      assert.equal((await userById(w.app, bob.id))?.email_lower, 'bob@new.example')
    })
  })
}
