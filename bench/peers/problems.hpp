// The problems, each in a file of its own: values, Jacobians written by hand, and other tools where they are installed.
#pragma once
#include "measure.hpp"

void simple_expression(Report& report);
void robot_arm(Report& report);
void heart_dipole(Report& report);
void roe_flux(Report& report);
void brusselator(Report& report, int side);
void bratu(Report& report, int side);
void bundle_adjustment(Report& report, int observations);
void narrow_waist(Report& report, int n);
void multilayer_perceptron(Report& report);
void rosenbrock(Report& report, int n);
void lorenz96(Report& report, int n);
