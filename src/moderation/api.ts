import { z } from 'zod'
import { accountById } from '#accounts/accounts.ts'
import { letIn } from '#accounts/let-in.ts'
import { domainName } from '#platform/domain-name.ts'
import { notFound } from '#platform/errors.ts'
import { endpoint } from '#platform/http/endpoint.ts'
import { flag, idList, idText, text, textList, wordOf } from '#platform/http/forms-fields.ts'
import { readId } from '#platform/ids.ts'
import { fileReport } from './file-report.ts'
import { presentReports, Report, reportCategories } from './reports.ts'

const idsOf = (texts: readonly string[] | undefined) => (texts ?? []).flatMap((id) => readId(id) ?? [])

export const reportEndpoint = endpoint({
  route: 'POST /api/v1/reports',
  scope: 'write:reports',
  summary: 'Tell the staff about an account',
  limit: 'reports',
  body: z.object({
    account_id: idText,
    status_ids: idList.optional(),
    collection_ids: idList.optional(),
    rule_ids: idList.optional(),
    comment: text().optional(),
    category: wordOf(reportCategories),
    forward: flag.optional(),
    forward_to_domains: textList(50).optional(),
  }),
  returns: Report,
  handle: async ({ app, viewer, domain, body }) => {
    const id = readId(body.account_id)
    const target = await letIn(app, id === null ? undefined : await accountById(app, id))
    if (!target) throw notFound()
    const hosts = body.forward_to_domains?.flatMap((each) => domainName(each) ?? [])
    const reportId = await fileReport(app, domain, viewer.account, target, {
      category: body.category ?? 'other',
      comment: body.comment ?? '',
      statusIds: idsOf(body.status_ids),
      collectionIds: idsOf(body.collection_ids),
      ruleIds: idsOf(body.rule_ids),
      forwardTo: body.forward ? (hosts?.length ? hosts : [target.host]) : [],
    })
    const shown = (await presentReports(app, { domain, account: viewer.account }, [reportId])).get(reportId)
    if (!shown) throw notFound()
    return shown
  },
})
