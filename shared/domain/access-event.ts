export const DEFAULT_SERVICE = 'web'
export const DEFAULT_ENV = 'prod'
/** The route of requests beyond a service's admission list; it keeps the service and the status. */
export const OVERFLOW_ROUTE = '__other__'
/** The service of requests beyond the list of services; host headers can name any number of them. */
export const OVERFLOW_SERVICE = '__other__'
