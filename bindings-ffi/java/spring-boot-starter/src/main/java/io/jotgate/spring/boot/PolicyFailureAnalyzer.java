package io.jotgate.spring.boot;

import io.jotgate.PolicyException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says what is wrong with a policy in place of a trace, when an application fails to start. */
final class PolicyFailureAnalyzer extends AbstractFailureAnalyzer<PolicyException> {
    @Override
    protected FailureAnalysis analyze(Throwable failure, PolicyException problem) {
        String action = problem.hint() == null ? "Correct the policy, or the properties jotgate.*." : problem.hint();
        return new FailureAnalysis("The policy of jotgate is refused: " + problem.getMessage(), action, problem);
    }
}
