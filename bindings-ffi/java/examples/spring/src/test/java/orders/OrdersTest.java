package orders;

import static io.jotgate.testing.spring.JwtRequestPostProcessors.bad;
import static io.jotgate.testing.spring.JwtRequestPostProcessors.bearer;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.jwt;
import static org.springframework.security.test.web.servlet.setup.SecurityMockMvcConfigurers.springSecurity;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.jotgate.Code;
import io.jotgate.testing.spring.AutoConfigureJwtTestIssuer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.context.WebApplicationContext;

@SpringBootTest
@AutoConfigureJwtTestIssuer
class OrdersTest {
    @Autowired
    private WebApplicationContext context;

    private MockMvc mvc;

    @BeforeEach
    void prepare() {
        mvc = MockMvcBuilders.webAppContextSetup(context).apply(springSecurity()).build();
    }

    @Test
    void ordersAreShownToTheirOwner() throws Exception {
        mvc.perform(get("/orders").with(bearer(it -> it.subject("alice"))))
                .andExpect(status().isOk()).andExpect(content().string("orders of alice"));
        for (Code code : new Code[] {Code.EXPIRED, Code.AUDIENCE_MISMATCH, Code.UNKNOWN_KEY, Code.INVALID_SIGNATURE}) {
            mvc.perform(get("/orders").with(bad(code))).andExpect(status().isUnauthorized())
                    .andExpect(header().string("WWW-Authenticate", startsWith("Bearer error=\"invalid_token\"")));
        }
    }

    @Test
    void anOrderNeedsAScope() throws Exception {
        mvc.perform(post("/orders").with(bearer(it -> it.scopes("orders:write")))).andExpect(status().isOk());
        mvc.perform(post("/orders").with(bearer(it -> it.scopes("orders:read")))).andExpect(status().isForbidden());
        mvc.perform(post("/orders")).andExpect(status().isUnauthorized());
    }

    @Test
    void springsJwtNeedsNoToken() throws Exception {
        mvc.perform(get("/orders").with(jwt().jwt(it -> it.subject("bob")))).andExpect(content().string("orders of bob"));
    }

    @Test
    @WithMockUser(authorities = "SCOPE_orders:read")
    void norDoesSpringsUser() throws Exception {
        mvc.perform(post("/orders")).andExpect(status().isForbidden());
    }

    @Test
    void theKeySetsAreInTheHealthOfTheApplication() {
        assertNotNull(context.getBean("jotgateHealthIndicator"));
    }
}
