package io.jotgate.spring.boot;

import static org.hamcrest.Matchers.startsWith;
import static org.mockito.Mockito.when;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.jwt;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.autoconfigure.web.servlet.WebMvcTest;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.MockMvc;

/** Who mocks Spring's decoder decides about tokens: many tests do, and none of them has to change. */
@WebMvcTest(properties = "jotgate.policy=classpath:policy-with-routes.yaml")
@ContextConfiguration(classes = MockMvcTest.Application.class)
class MockedDecoderTest {
    @Autowired
    private MockMvc mvc;

    @MockitoBean
    private JwtDecoder decoder;

    @Test
    void theMockDecides() throws Exception {
        Jwt jwt = Jwt.withTokenValue("token").header("alg", "none").subject("carol").build();
        when(decoder.decode("token")).thenReturn(jwt);
        when(decoder.decode("bad")).thenThrow(new BadJwtException("bad"));
        mvc.perform(get("/orders").header("Authorization", "Bearer token")).andExpect(content().string(startsWith("carol")));
        mvc.perform(get("/orders").header("Authorization", "Bearer bad")).andExpect(status().isUnauthorized());
        mvc.perform(get("/orders")).andExpect(status().isUnauthorized());
        mvc.perform(get("/orders").with(jwt())).andExpect(status().isOk());
    }
}
