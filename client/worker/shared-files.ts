import { keepShared } from '../offline/kept.ts'

const MOST_FILES = 4

/** Takes what another app of the device shares and opens the composer with it; the words travel in the address. */
export async function answerShared(request: Request): Promise<Response> {
  const form = await request.formData()
  const query = new URLSearchParams()
  for (const name of ['title', 'text', 'url']) {
    const value = form.get(name)
    if (typeof value === 'string' && value) query.set(name, value)
  }
  const files = form.getAll('file').filter((each) => each instanceof File)
  await keepShared(files.slice(0, MOST_FILES))
  return Response.redirect(`/share?${query}`, 303)
}
