import type { PreviewCard } from '#statuses/present-card.ts'

/** What is behind a link of the post. */
export function Card({ card }: { card: PreviewCard }) {
  if (!URL.canParse(card.url)) return null
  return (
    <a class="card" href={card.url} target="_blank" rel="nofollow noopener noreferrer">
      {card.image && (
        <img src={card.image} alt={card.image_description ?? ''} loading="lazy" decoding="async" />
      )}
      <span>
        <span>{new URL(card.url).host}</span>
        <span class="title" dir="auto">
          {card.title}
        </span>
        {card.description && <span dir="auto">{card.description}</span>}
      </span>
    </a>
  )
}
