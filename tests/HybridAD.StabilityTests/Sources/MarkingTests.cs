namespace HybridAD.StabilityTests.Sources;

/// <summary>Variables and stages that code marks while it is recorded.</summary>
public class MarkingTests
{
    [Fact]
    public void A_variable_owns_the_nodes_that_are_assigned_to_it()
    {
        var f = AD.Trace(
            x =>
            {
                var sum = Real.Variable("sum", x[0] * x[1]);
                for (var k = 0; k < 3; k++)
                    sum = Real.Variable("sum", sum + x[1]);
                return Real.Variable("y", Real.Exp(sum));
            },
            [2.0, 1.0]);
        Assert.Equal(["sum", "y"], f.Program.Variables);
        Assert.Equal([-1, -1, 0, 0, 0, 0, 1], f.Program.VariableOf!);
    }

    [Fact]
    public void A_copy_is_a_variable_of_its_own_and_changes_no_value()
    {
        var f = AD.Trace(
            x =>
            {
                var a = Real.Variable("a", x[0]);
                return Real.Variable("b", a);
            },
            [0.1]);
        Assert.Equal([-1, 0, 1], f.Program.VariableOf!);
        Assert.Equal([0.1], f.Value([0.1]));
        Assert.Equal([1.0], f.Gradient([0.1]));
    }

    [Fact]
    public void Stages_begin_at_the_next_operation()
    {
        var f = AD.Trace(
            x =>
            {
                var y = x[0];
                for (var layer = 0; layer < 3; layer++)
                {
                    Real.BeginStage(y);
                    y = Real.Tanh(y * x[1]);
                }
                Real.BeginStage(y);
                return y;
            },
            [2.0, 1.0]);
        Assert.Equal([2, 4, 6], f.Program.Stages!);
    }

    [Fact]
    public void Passive_numbers_and_unmarked_code_leave_no_marks()
    {
        var f = AD.Trace(
            x =>
            {
                Real.BeginStage(1.0);
                return x[0] * Real.Variable("two", 2.0);
            },
            [2.0]);
        Assert.Null(f.Program.VariableOf);
        Assert.Null(f.Program.Stages);
        Assert.Empty(f.Program.Variables);
    }
}
