
// The same attributes as the session's cookies: what happens to this one happens to them.
document.cookie = 'KEYWARD_COOKIE_CHECK=1; Max-Age=60' +
  (location.protocol === 'https:' ? '; SameSite=None; Secure' : '; SameSite=Lax');
location.replace('step2.html');
