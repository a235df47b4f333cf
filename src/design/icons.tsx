import { raw, type Safe } from './jsx/jsx-runtime.ts'

const paths = {
  user: 'M12 1a11 11 0 1 1 0 22 11 11 0 0 1 0-22Zm0 2a9 9 0 0 0-5 16.5V18a4 4 0 0 1 4-4h2a4 4 0 0 1 4 4v1.5A9 9 0 0 0 12 3Zm0 3a3.5 3.5 0 1 1-3.5 3.5A3.4 3.4 0 0 1 12 6Z',
  search:
    'm20.7 18.9-4.1-4.1a7 7 0 1 0-1.4 1.4l4 4.1a1 1 0 0 0 1.5 0c.4-.4.4-1 0-1.4ZM6 10.6a5 5 0 1 1 10 0 5 5 0 0 1-10 0Z',
  'arrow-left':
    'M10.7 6.3c.4.4.4 1 0 1.4L7.4 11H19a1 1 0 0 1 0 2H7.4l3.3 3.3c.4.4.4 1 0 1.4a1 1 0 0 1-1.4 0l-5-5A1 1 0 0 1 4 12c0-.3.1-.5.3-.7l5-5a1 1 0 0 1 1.4 0Z',
  'arrow-right':
    'm14.7 6.3 5 5c.2.2.3.4.3.7 0 .3-.1.5-.3.7l-5 5a1 1 0 0 1-1.4-1.4l3.3-3.3H5a1 1 0 0 1 0-2h11.6l-3.3-3.3a1 1 0 1 1 1.4-1.4Z',
  'chevron-right':
    'M9.3 5.3a1 1 0 0 1 1.4 0l6 6c.4.4.4 1 0 1.4l-6 6a1 1 0 0 1-1.4-1.4l5.3-5.3-5.3-5.3a1 1 0 0 1 0-1.4Z',
  home: 'M12 3.2 2.5 11.5a1 1 0 0 0 .7 1.8H5V20a1 1 0 0 0 1 1h4v-6h4v6h4a1 1 0 0 0 1-1v-6.7h1.8a1 1 0 0 0 .7-1.8L12 3.2Z',
  heart: 'M12 21 3.7 12.6A5.4 5.4 0 0 1 11.3 5l.7.7.7-.7a5.4 5.4 0 0 1 7.6 7.6L12 21Z',
  eye: 'M12 5c5 0 8.6 3.6 10.5 7-1.9 3.4-5.5 7-10.5 7S3.4 15.4 1.5 12C3.4 8.6 7 5 12 5Zm0 3a4 4 0 1 0 0 8 4 4 0 0 0 0-8Zm0 2a2 2 0 1 1 0 4 2 2 0 0 1 0-4Z',
} as const

export type IconName = keyof typeof paths

/** A decorative icon: hidden from screen readers, so that the words beside it carry the meaning. */
export function Icon({ name }: { readonly name: IconName }): Safe {
  return raw(
    `<svg class="nhsuk-icon nhsuk-icon--${name}" viewBox="0 0 24 24" width="16" height="16" focusable="false" aria-hidden="true"><path d="${paths[name]}"></path></svg>`,
  )
}
