from django import forms


class SignupExtra(forms.Form):
    def signup(self, request, user):
        pass
