// Pictures over HTTP: /media/{name} for everyone, outside /api; /admin/media for merchandisers.
#pragma once
#include "runtime/http.h"
#include "services/audit.h"
#include "services/cursor.h"
#include "services/shopper.h"
#include "shop/media/media.h"

namespace kontor::media {

// What the endpoints need; all of it outlives the routers.
struct MediaApi {
  Media& media;
  const services::Shoppers& shoppers;
  const services::Cursors& cursors;
  services::Audit& audit;
};

void add_media_routes(http::Router& router, const MediaApi& api);  // below /api/v1
void add_picture_routes(http::Router& router, Media& media);       // below /

}  // namespace kontor::media
