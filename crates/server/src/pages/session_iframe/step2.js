
(async () => {
  'use strict';
  let supported = document.cookie.split('; ').includes('KEYWARD_COOKIE_CHECK=1');
  document.cookie = 'KEYWARD_COOKIE_CHECK=; Max-Age=0' +
    (location.protocol === 'https:' ? '; SameSite=None; Secure' : '; SameSite=Lax');
  // A browser may give the frame a jar of its own: the test cookie is there, the session's cookies are not.
  // Outside secure contexts the question is always answered with no.
  if (supported && window.isSecureContext && document.hasStorageAccess) {
    supported = await document.hasStorageAccess().catch(() => false);
  }
  window.parent.postMessage(supported ? 'supported' : 'unsupported', '*');
})();
