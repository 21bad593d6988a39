import type { Routes } from '../site.ts'
import { goTo } from '../visit.ts'
import { appearanceConcern } from './appearance.ts'
import { mountDeleteAccount } from './delete.ts'
import { developmentConcern } from './development.ts'
import { mountExport } from './export.ts'
import { mountFilters } from './filters.ts'
import { mountConcern } from './form.ts'
import { languagesConcern } from './languages.ts'
import { mountMove } from './move.ts'
import { settingsPaths } from './page.ts'
import { profileConcern } from './profile.ts'
import { postingConcern, privacyConcern } from './reach.ts'

/** What a member sets about themselves, a page for each concern. */
export function mountSettingsPages(routes: Routes): void {
  routes.get('/settings', (visit) => goTo(visit, settingsPaths.profile))
  for (const concern of [
    profileConcern,
    privacyConcern,
    postingConcern,
    languagesConcern,
    appearanceConcern,
    developmentConcern,
  ])
    mountConcern(routes, concern)
  mountFilters(routes)
  mountExport(routes)
  mountMove(routes)
  mountDeleteAccount(routes)
}
