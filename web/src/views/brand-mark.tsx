export function BrandMark() {
  return (
    <svg className="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
      <path className="brand-shield" d="M16 2.5 27 6.6v8.6c0 6.6-4.3 11.7-11 14.3C9.3 26.9 5 21.8 5 15.2V6.6Z" />
      <path className="brand-beat" d="M9.5 16.5h3.6l2-5 3.2 9 2-4h2.4" />
    </svg>
  );
}
