/** What the manifest of the app names. */
export const installWords = {
  write: 'Write a post',
  notifications: 'Notifications',
  search: 'Search',
}
