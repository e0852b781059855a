// The consumer that turns events into mails.
#pragma once
#include "services/consumers.h"
#include "shop/notifications/notifications.h"

namespace kontor::notifications {

services::Consumer mail_consumer(Notifications& notifications);

}  // namespace kontor::notifications
