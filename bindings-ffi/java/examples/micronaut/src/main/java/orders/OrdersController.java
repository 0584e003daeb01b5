package orders;

import io.jotgate.VerifiedJwt;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.RequestAttribute;

@Controller(produces = MediaType.TEXT_PLAIN)
class OrdersController {
    @Get("/orders")
    String list(@RequestAttribute(PolicyFilter.JWT) VerifiedJwt jwt) {
        return "orders of " + jwt.subject();
    }

    @Post("/orders")
    String create(@RequestAttribute(PolicyFilter.JWT) VerifiedJwt jwt) {
        return "an order of " + jwt.subject();
    }

    @Get("/health")
    String health() {
        return "well";
    }
}
