import { z } from 'zod'
import type { App, HostedDomain, Viewer } from '#app.ts'
import { CredentialAccount, presentCredentials } from '#auth/present-credentials.ts'
import { notFound } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { Profile, presentProfile } from './present-profile.ts'
import { ProfileForm, saveProfileForm } from './profile-form.ts'
import { updateProfile } from './update-profile.ts'

const PICTURES = { count: 2 }

export const updateCredentialsEndpoint = endpoint({
  route: 'PATCH /api/v1/accounts/update_credentials',
  scope: 'write:accounts',
  summary: 'Change the profile and the posting preferences',
  files: PICTURES,
  body: ProfileForm,
  returns: CredentialAccount,
  handle: async ({ app, viewer, domain, body }) =>
    presentCredentials(app, domain, await saveProfileForm(app, viewer, body)),
})

export const profileEndpoint = endpoint({
  route: 'GET /api/v1/profile',
  scope: ['profile', 'read:accounts'],
  summary: 'The member’s own profile, as it was typed and as it is shown',
  returns: Profile,
  handle: ({ app, viewer, domain }) => presentProfile(app, domain, viewer.account),
})

function change(route: 'PATCH /api/v1/profile' | 'PUT /api/v1/profile') {
  return endpoint({
    route,
    scope: 'write:accounts',
    summary: 'Change the profile',
    files: PICTURES,
    body: ProfileForm,
    returns: Profile,
    handle: async ({ app, viewer, domain, body }) => {
      const { account } = await saveProfileForm(app, viewer, body)
      return presentProfile(app, domain, account)
    },
  })
}
export const patchProfileEndpoint = change('PATCH /api/v1/profile')
export const putProfileEndpoint = change('PUT /api/v1/profile')

type Given = { app: App; viewer: Viewer; domain: HostedDomain }

async function removePicture({ app, viewer, domain }: Given, kind: 'avatar' | 'header') {
  const account = await updateProfile(app, viewer.account, { [kind]: null })
  return presentCredentials(app, domain, { ...viewer, account })
}

export const deleteAvatarEndpoint = endpoint({
  route: 'DELETE /api/v1/profile/avatar',
  scope: 'write:accounts',
  summary: 'Remove the profile picture',
  returns: CredentialAccount,
  handle: (given) => removePicture(given, 'avatar'),
})

export const deleteHeaderEndpoint = endpoint({
  route: 'DELETE /api/v1/profile/header',
  scope: 'write:accounts',
  summary: 'Remove the picture at the top of the profile',
  returns: CredentialAccount,
  handle: (given) => removePicture(given, 'header'),
})

export const subscribeByMailEndpoint = endpoint({
  route: 'POST /api/v1/accounts/:id/email_subscriptions',
  scope: 'public',
  summary: 'Get an author’s posts by mail; nobody offers that here, so there is nothing to find',
  returns: z.object({}).strict(),
  handle: async () => {
    throw notFound()
  },
})
