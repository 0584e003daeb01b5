package io.jotgate.spring.boot;

import static io.jotgate.testing.spring.JwtRequestPostProcessors.bad;
import static io.jotgate.testing.spring.JwtRequestPostProcessors.bearer;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.startsWith;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.jwt;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.jotgate.Code;
import io.jotgate.testing.JwtTestIssuer;
import io.jotgate.testing.spring.AutoConfigureJwtTestIssuer;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.autoconfigure.web.servlet.AutoConfigureMockMvc;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.web.servlet.MockMvc;

/** Spring's own ways to test a resource server, and those of the test kit, against the policy that ships. */
@SpringBootTest(properties = {"jotgate.policy=classpath:policy-with-routes.yaml", "spring.main.web-application-type=servlet"})
@AutoConfigureMockMvc
@AutoConfigureJwtTestIssuer
class MockMvcTest {
    @Autowired
    private MockMvc mvc;

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @EnableMethodSecurity
    static class Application {
        @Bean
        PolicyInChainsTest.Shop shop() {
            return new PolicyInChainsTest.Shop();
        }
    }

    @Test
    void aMintedTokenIsJudgedByThePolicy() throws Exception {
        mvc.perform(get("/orders").with(bearer(it -> it.subject("alice"))))
                .andExpect(status().isOk()).andExpect(content().string(startsWith("alice")));
        mvc.perform(post("/orders/new").with(bearer(it -> it.scopes("orders:write")))).andExpect(status().isOk());
    }

    @Test
    void whatThePolicyRefusesIsAnsweredAsItSays() throws Exception {
        for (Code code : new Code[] {Code.EXPIRED, Code.AUDIENCE_MISMATCH, Code.INVALID_SIGNATURE, Code.MALFORMED_TOKEN}) {
            mvc.perform(get("/orders").with(bad(code))).andExpect(status().isUnauthorized())
                    .andExpect(content().string(containsString(code.toString())));
        }
        mvc.perform(post("/orders/new").with(bad(Code.INSUFFICIENT_SCOPE, it -> it.scopes("orders:write"))))
                .andExpect(status().isForbidden())
                .andExpect(header().string("WWW-Authenticate", containsString("orders:write")));
    }

    @Test
    @WithMockUser(authorities = "SCOPE_keeper")
    void springsMockUserNeedsNoToken() throws Exception {
        mvc.perform(get("/orders")).andExpect(status().isOk()).andExpect(content().string(startsWith("user")));
        mvc.perform(get("/keep")).andExpect(status().isOk());
    }

    @Test
    void springsMockJwtNeedsNoToken() throws Exception {
        mvc.perform(get("/orders").with(jwt().jwt(it -> it.subject("bob"))))
                .andExpect(status().isOk()).andExpect(content().string(startsWith("bob")));
        mvc.perform(get("/keep").with(jwt())).andExpect(status().isForbidden());
        mvc.perform(get("/keep").with(jwt().authorities(new SimpleGrantedAuthority("SCOPE_keeper"))))
                .andExpect(status().isOk());
    }

    @Test
    void nobodyIsToldToBringAToken() throws Exception {
        mvc.perform(get("/orders")).andExpect(status().isUnauthorized()).andExpect(header().string("WWW-Authenticate", "Bearer"));
        mvc.perform(get("/health")).andExpect(status().isOk());
    }

    @Test
    void theIssuerIsABean(@Autowired JwtTestIssuer issuer) throws Exception {
        mvc.perform(get("/orders").header("Authorization", issuer.bearer())).andExpect(status().isOk());
    }
}
