package io.jotgate.spring.boot;

import static io.jotgate.testing.spring.JwtRequestPostProcessors.bad;
import static io.jotgate.testing.spring.JwtRequestPostProcessors.bearer;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.jwt;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import io.jotgate.Code;
import io.jotgate.testing.spring.AutoConfigureJwtTestIssuer;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.autoconfigure.web.servlet.WebMvcTest;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.web.servlet.MockMvc;

/** Tests of controllers alone have the policy, too. */
@WebMvcTest(properties = "jotgate.policy=classpath:policy-with-routes.yaml")
@ContextConfiguration(classes = MockMvcTest.Application.class)
@AutoConfigureJwtTestIssuer
class SliceTest {
    @Autowired
    private MockMvc mvc;

    @Test
    void thePolicyJudges() throws Exception {
        mvc.perform(get("/orders").with(bearer())).andExpect(status().isOk());
        mvc.perform(get("/orders").with(bad(Code.EXPIRED))).andExpect(status().isUnauthorized());
        mvc.perform(get("/health")).andExpect(status().isOk());
        mvc.perform(get("/orders").with(jwt())).andExpect(status().isOk());
    }

    @Test
    @WithMockUser
    void springsMockUserNeedsNoToken() throws Exception {
        mvc.perform(get("/orders")).andExpect(status().isOk());
    }
}
